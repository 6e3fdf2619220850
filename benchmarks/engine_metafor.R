# Processor seconds per meta-analysis of metafor, and what it finds: Rscript engine_metafor.R <yi.csv> <vi.csv>
# One row per meta-analysis; REML, Hartung-Knapp, prediction interval. Loading the package is not counted.
suppressMessages(library(metafor))
files <- commandArgs(trailingOnly = TRUE)
yi <- as.matrix(read.csv(files[1], header = FALSE))
vi <- as.matrix(read.csv(files[2], header = FALSE))
one <- function(i) {
  tryCatch({
    model <- rma.uni(yi[i, ], vi[i, ], method = "REML", test = "knha")
    interval <- predict(model)
    c(model$tau2, model$ci.lb, interval$pi.lb)
  }, error = function(e) rep(NA, 3))  # its Fisher scoring gives up now and then
}
invisible(lapply(1:5, one))
processor <- function() sum(proc.time()[c("user.self", "sys.self")])
start <- processor()
found <- vapply(seq_len(nrow(yi)), one, numeric(3))
seconds <- (processor() - start) / nrow(yi)
row <- function(i) paste0("[", paste(ifelse(is.na(found[i, ]), "null", sprintf("%.17g", found[i, ])), collapse = ","), "]")
cat(sprintf('{"seconds": %.17g, "tau2": %s, "ci_low": %s, "pi_low": %s}\n', seconds, row(1), row(2), row(3)))
