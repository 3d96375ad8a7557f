# Writes the street network and the crimes of spatstat's `chicago` (Ang, Baddeley and Nair 2012) as CSV, and
# what spatstat computes from them, for the tests and benchmarks of densities on a network.
#
#   apt-get install r-cran-spatstat.linnet      (Debian; brings r-cran-spatstat.data)
#   Rscript scripts/chicago_oracle.R FOLDER
#
# segments.csv, events.csv (segment counted from 0, along = part of its length), values at the events for the
# two rules, and K with and without correction.
suppressMessages(library(spatstat.linnet))
folder <- commandArgs(trailingOnly = TRUE)[1]
if (is.na(folder)) stop("Name the folder to write into: Rscript scripts/chicago_oracle.R FOLDER")
dir.create(folder, showWarnings = FALSE, recursive = TRUE)
put <- function(table, name) {
  write.csv(format(table, digits = 17), file.path(folder, name), row.names = FALSE, quote = FALSE)
}
network <- domain(chicago)
put(as.data.frame(network$lines$ends), "segments.csv")
places <- coords(chicago)
put(data.frame(x = places$x, y = places$y, segment = places$seg - 1, along = places$tp), "events.csv")
value <- function(continuous) {
  as.numeric(densityEqualSplit(unmark(chicago), 40, at = "points", leaveoneout = FALSE, kernel = "epanechnikov",
    continuous = continuous, verbose = FALSE, savehistory = FALSE, epsilon = 1e-10))
}
put(data.frame(continuous = value(TRUE), discontinuous = value(FALSE)), "density.csv")
r <- seq(0, 1074, length.out = 513)
corrected <- linearK(chicago, r = r)
plain <- linearK(chicago, r = r, correction = "none")
put(data.frame(r = r, corrected = corrected$est, plain = plain$est), "k.csv")
default <- linearK(chicago)
put(data.frame(r = default$r, k = default$est), "k_default.csv")
