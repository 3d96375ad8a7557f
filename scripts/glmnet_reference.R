# Reference output of R for the penalised and the count models: coefficients of glmnet (elastic net, lasso and
# ridge Poisson with an offset) and of MASS::glm.nb and glm on the same cells.
#
#   apt-get install r-base-core r-cran-glmnet r-cran-mass
#   Rscript scripts/glmnet_reference.R tests/cpted/reference
#
# The cells are drawn here, written to cells.csv with all their digits and read back, so that R and Python fit
# the same numbers.
suppressMessages({library(glmnet); library(MASS)})
folder <- commandArgs(trailingOnly = TRUE)[1]
dir.create(folder, showWarnings = FALSE, recursive = TRUE)
set.seed(71016)
n <- 600
u <- matrix(runif(n * 8), n)
x <- (u < rep(c(0.1, 0.2, 0.3, 0.5, 0.05, 0.4, 0.25, 0.15), each = n)) * 1
x[, 4] <- pmax(x[, 3], x[, 4])                      # nested, as proximity within one and two steps is
exposure <- round(ifelse(runif(n) < 0.8, 1, runif(n, 0.1, 1)), 3)
mu <- exposure * exp(-0.7 + 1.1 * x[, 1] - 0.6 * x[, 3] + 0.5 * x[, 6]) * rgamma(n, 2, 2)
cells <- data.frame(y = rpois(n, mu), exposure = exposure, x)
names(cells)[-(1:2)] <- paste0("x", 1:8)
write.csv(cells, file.path(folder, "cells.csv"), row.names = FALSE, quote = FALSE)
cells <- read.csv(file.path(folder, "cells.csv"))
x <- as.matrix(cells[, -(1:2)])

rows <- list()
for (alpha in c(1, 0.5, 0.1, 0)) {
  lambda <- c(0.2, 0.1, 0.05, 0.02, 0.005, 0.001)
  fit <- glmnet(x, cells$y, family = "poisson", alpha = alpha, lambda = lambda, offset = log(cells$exposure),
                standardize = TRUE, thresh = 1e-16, maxit = 1e7)
  stopifnot(isTRUE(all.equal(fit$lambda, lambda)))
  for (j in seq_along(lambda))
    rows[[length(rows) + 1]] <- data.frame(model = "glmnet", alpha = alpha, lambda = lambda[j],
                                           t(c(fit$a0[j], fit$beta[, j])), dispersion = NA, loglik = NA)
}
chosen <- y ~ x1 + x3 + x6 + offset(log(exposure))
control <- glm.control(epsilon = 1e-14, maxit = 200)
poisson_fit <- glm(chosen, poisson, cells, control = control)
negative_fit <- glm.nb(chosen, cells, control = control)
of_model <- function(name, fit, dispersion) {
  b <- setNames(rep(0, 9), c("s0", paste0("x", 1:8)))
  b[c("s0", "x1", "x3", "x6")] <- coef(fit)
  data.frame(model = name, alpha = NA, lambda = NA, t(b), dispersion = dispersion,
             loglik = as.numeric(logLik(fit)))
}
for (k in seq_along(rows)) names(rows[[k]])[4] <- "s0"
rows[[length(rows) + 1]] <- of_model("poisson", poisson_fit, 0)
rows[[length(rows) + 1]] <- of_model("negative binomial", negative_fit, 1 / negative_fit$theta)
found <- do.call(rbind, rows)
for (name in names(found)[-1]) found[[name]] <- format(found[[name]], digits = 15, trim = TRUE)
write.csv(found, file.path(folder, "coefficients.csv"), row.names = FALSE, quote = FALSE)
errors <- data.frame(model = c("poisson", "negative binomial"),
                     rbind(sqrt(diag(vcov(poisson_fit))), sqrt(diag(vcov(negative_fit)))))
names(errors)[-1] <- c("s0", "x1", "x3", "x6")
for (name in names(errors)[-1]) errors[[name]] <- format(errors[[name]], digits = 15, trim = TRUE)
write.csv(errors, file.path(folder, "standard_errors.csv"), row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("glmnet", packageVersion("glmnet")), paste("MASS", packageVersion("MASS"))),
           file.path(folder, "versions.txt"))
