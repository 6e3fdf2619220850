# Processor seconds per pool of metafor, and what it finds: Rscript shelf_metafor.R <effects.csv>
# REML, Hartung-Knapp, prediction interval, each study left out. Loading the package is not counted.
suppressMessages(library(metafor))
effects <- read.csv(commandArgs(trailingOnly = TRUE)[1])
pools <- split(effects, effects$pool)
excludes <- function(low, high) low > 0 | high < 0
one <- function(pool) {
  tryCatch({
    model <- rma.uni(pool$yi, pool$vi, method = "REML", test = "knha")
    interval <- predict(model)
    without <- leave1out(model)
    turns <- sum(excludes(without$ci.lb, without$ci.ub) != excludes(model$ci.lb, model$ci.ub))
    c(model$tau2, model$ci.lb, interval$pi.lb, model$se, turns)
  }, error = function(e) rep(NA, 5))  # its Fisher scoring gives up now and then
}
quietly <- function(pool) suppressWarnings(one(pool))
invisible(lapply(pools[1:5], quietly))
processor <- function() sum(proc.time()[c("user.self", "sys.self")])
start <- processor()
found <- vapply(pools, quietly, numeric(5))
seconds <- (processor() - start) / length(pools)
row <- function(i) {
  paste0("[", paste(ifelse(is.finite(found[i, ]), sprintf("%.17g", found[i, ]), "null"), collapse = ","), "]")
}
cat(sprintf('{"seconds": %.17g, "tau2": %s, "ci_low": %s, "pi_low": %s, "se": %s, "turns": %s}\n',
            seconds, row(1), row(2), row(3), row(4), row(5)))
