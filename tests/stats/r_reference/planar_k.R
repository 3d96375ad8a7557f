# Makes planar_k.csv: Rscript planar_k.R (spatstat.explore), in this folder.
suppressMessages(library(spatstat.explore))
points <- read.csv("points.csv")[1:400, ]
square <- owin(c(150000, 160000), c(165000, 177000))
corners <- list(x = c(150500, 159500, 159000, 155000, 151000), y = c(165500, 166000, 174000, 176500, 171000))
all <- ppp(points$x, points$y, window = square)
some <- all[owin(poly = corners)]
r <- seq(0, 1500, by = 5)
at <- match(seq(100, 1500, by = 100), r)
corrections <- c("none", "translate", "isotropic")
k <- Kest(all, r = r, correction = corrections, nlarge = Inf)
in_polygon <- Kest(some, r = r, correction = corrections, nlarge = Inf)
g <- pcf(all, r = r, correction = "translate", divisor = "d", bw = 60)
write.csv(data.frame(
  distance_m = r[at], none = k$un[at], translation = k$trans[at], isotropic = k$iso[at],
  polygon_none = in_polygon$un[at], polygon_translation = in_polygon$trans[at],
  polygon_isotropic = in_polygon$iso[at], g_translation = g$trans[at]
), "planar_k.csv", row.names = FALSE)
print(clarkevans(all)); print(clarkevans(some))
print(quadrat.test(all, nx = 4, ny = 5))
