# Upper bounds of farringtonFlexible (R package surveillance) for the made-up series in farrington_series.csv.
# Run here: Rscript farrington.R; it writes farrington_bounds.csv.
suppressMessages(library(surveillance))
series <- as.matrix(read.csv("farrington_series.csv"))
control <- list(range = 216:260, noPeriods = 10, b = 4, w = 3, weightsThreshold = 2.58,
                pastWeeksNotIncluded = 26, pThresholdTrend = 1, alpha = 0.01,
                thresholdMethod = "nbPlugin", limit54 = c(0, 4), glmWarnings = FALSE)
found <- lapply(seq_len(ncol(series)), function(j) {
  result <- farringtonFlexible(sts(series[, j], frequency = 52), control)
  data.frame(series = colnames(series)[j], week = control$range, upper = as.vector(upperbound(result)),
             expected = result@control$expected[, 1], dispersion = result@control$phiVector[, 1],
             p = result@control$pvalue[, 1], trend = result@control$trend[, 1])
})
write.csv(do.call(rbind, found), "farrington_bounds.csv", row.names = FALSE, quote = FALSE)
