# Rebuilds the reference numbers: Rscript tests/oracle/regenerate.R <folder> [data set ...]
#
# Needs R with metafor 3.8-1 and metadat 1.2-0 (Debian 12: r-cran-metafor, r-cran-metadat) and, for the CR2
# blocks, clubSandwich (r-cran-clubsandwich). README.md says what the files hold and what is left out.

suppressMessages({
  library(metafor)
  library(metadat)
})

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
wanted <- arguments[-1]
dir.create(folder, showWarnings = FALSE, recursive = TRUE)

# ---- JSON, 17 significant digits ------------------------------------------------------------------------------

array_of <- function(x) if (!is.null(x)) structure(list(unname(as.vector(unclass(x)))), class = "json_array")
number <- function(x) as.vector(unclass(x))

atoms <- function(x) {
  if (is.factor(x)) x <- as.character(x)
  if (is.logical(x)) {
    text <- ifelse(x, "true", "false")
  } else if (is.numeric(x)) {
    text <- ifelse(is.infinite(x), ifelse(x > 0, '"Inf"', '"-Inf"'), sprintf("%.17g", x))
  } else {
    text <- encodeString(enc2utf8(as.character(x)), quote = '"')
  }
  ifelse(is.na(x), "null", text)
}

json <- function(x) {
  brackets <- function(parts) paste0("[", paste(parts, collapse = ","), "]")
  if (is.null(x)) return("null")
  if (inherits(x, "json_array")) return(brackets(atoms(x[[1]])))
  if (is.data.frame(x)) return(json(lapply(x, array_of)))
  if (is.matrix(x)) return(brackets(apply(x, 1, function(row) brackets(atoms(row)))))
  if (is.list(x)) {
    parts <- vapply(x, json, "")
    if (!length(x)) return("{}")
    if (is.null(names(x))) return(brackets(parts))
    return(paste0("{", paste0(atoms(names(x)), ":", parts, collapse = ","), "}"))
  }
  if (length(x) == 1) atoms(x) else brackets(atoms(x))
}

save_json <- function(name, content) {
  file <- xzfile(file.path(folder, paste0(name, ".json.xz")), "w", compression = -9)
  writeLines(json(content), file, useBytes = TRUE)
  close(file)
  cat(name, "\n")
}

# ---- metafor with tight convergence ---------------------------------------------------------------------------

# What metafor refuses becomes {"error": its message}
attempt <- function(expression) {
  tryCatch(suppressMessages(suppressWarnings(expression)), error = function(e) list(error = conditionMessage(e)))
}
worked <- function(x) !(is.list(x) && !is.null(x$error))
where_worked <- function(x, summary) if (worked(x)) summary(x) else x

control_of <- function(method) {
  if (method %in% c("ML", "REML", "EB")) return(list(threshold = 1e-12, maxiter = 20000))
  if (method == "PM") return(list(tol = 1e-14, maxiter = 20000))
  list()
}
ESTIMATORS <- c("EE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
TESTS <- c("z", "t", "knha", "adhoc")

fit <- function(yi, vi, method, test = "z", ...) {
  rma.uni(yi, vi, method = method, test = test, control = control_of(method), ...)
}

estimates <- function(model) {
  out <- list(
    b = array_of(model$beta), se = array_of(model$se), zval = array_of(model$zval), pval = array_of(model$pval),
    ci_lb = array_of(model$ci.lb), ci_ub = array_of(model$ci.ub)
  )
  if (length(model$ddf)) out$dfs <- array_of(model$ddf)
  out
}
heterogeneity <- function(model) {
  list(
    tau2 = number(model$tau2), se_tau2 = number(model$se.tau2), I2 = number(model$I2), H2 = number(model$H2),
    QE = number(model$QE), QEp = number(model$QEp), k = model$k
  )
}
scale_and_variance <- function(model) list(vt = number(model$vt), s2w = number(model$s2w))
log_likelihood <- function(model) list(logLik = tryCatch(number(logLik(model)), error = function(e) NA_real_))
prediction <- function(model, ...) {
  where_worked(attempt(predict(model, ...)), function(p) {
    list(pi_lb = array_of(p$pi.lb), pi_ub = array_of(p$pi.ub))
  })
}

fits <- function(yi, vi) {
  out <- list()
  for (method in ESTIMATORS) for (test in TESTS) {
    model <- attempt(fit(yi, vi, method, test))
    out[[method]][[test]] <- where_worked(model, function(model) {
      block <- c(estimates(model), scale_and_variance(model))
      if (identical(block$dfs, array_of(NA))) block$dfs <- NULL
      if (test == "z") {
        block <- c(block, heterogeneity(model), log_likelihood(model), list(weights = array_of(weights(model))))
      }
      block$predict <- prediction(model)
      if (method != "EE") {
        block$predict_riley <- prediction(model, pi.type = "riley")
        block$predict_t <- prediction(model, pi.type = "t")
      }
      block
    })
  }
  out$REML_knha_level90 <- where_worked(attempt(fit(yi, vi, "REML", "knha", level = 90)), function(model) {
    c(estimates(model)[c("b", "se", "ci_lb", "ci_ub")], list(predict = prediction(model)))
  })
  out$fixed_tau2_0.1 <- where_worked(attempt(rma.uni(yi, vi, tau2 = 0.1)), function(model) {
    block <- estimates(model)
    if (identical(block$dfs, array_of(NA))) block$dfs <- NULL
    c(block, heterogeneity(model), scale_and_variance(model), log_likelihood(model))
  })
  out
}

root_control <- list(tol = 1e-13, maxiter = 10000)
q_profile <- function(yi, vi, method, ...) {
  model <- attempt(fit(yi, vi, method))
  if (!worked(model)) return(NULL)
  where_worked(attempt(confint(model, type = "QP", control = root_control, ...)), function(x) {
    rows <- unclass(x$random)
    named <- lapply(1:4, function(i) list(est = rows[i, 1], lb = rows[i, 2], ub = rows[i, 3]))
    setNames(named, c("tau2", "tau", "I2", "H2"))
  })
}
q_profiles <- function(yi, vi) {
  out <- list()
  for (method in c("DL", "HE", "SJ", "ML", "REML", "PM")) out[[paste0(method, "_QP")]] <- q_profile(yi, vi, method)
  out$REML_QP_level90 <- q_profile(yi, vi, "REML", level = 90)
  out
}

# ---- diagnostics ----------------------------------------------------------------------------------------------

columns <- function(table, names) {
  setNames(lapply(names, function(n) array_of(table[[n]])), gsub(".", "_", names, fixed = TRUE))
}

diagnostics <- function(yi, vi, order, thorough) {
  out <- list()
  for (method in c("EE", "DL", "REML")) for (test in c("z", "knha")) {
    if (method == "EE" && test == "knha") next
    if (!thorough && (test == "knha" || method == "DL")) next
    model <- attempt(fit(yi, vi, method, test))
    if (!worked(model)) next
    block <- list()
    add <- function(block, name, value, summary) {
      if (worked(value)) block[[name]] <- summary(value)
      block
    }
    block <- add(block, "leave1out", attempt(leave1out(model)), function(x) {
      columns(x, c("estimate", "se", "zval", "pval", "ci.lb", "ci.ub", "Q", "Qp", "tau2", "I2", "H2"))
    })
    sequence <- if (is.null(order)) seq_along(yi) else order(order)
    cumulative <- attempt(if (is.null(order)) cumul(model) else cumul(model, order = order))
    block <- add(block, "cumul", cumulative, function(x) {
      c(list(order = array_of(sequence)), columns(x, c("estimate", "se", "ci.lb", "ci.ub", "tau2", "I2")))
    })
    block <- add(block, "influence", attempt(influence(model)), function(x) {
      names <- c("rstudent", "dffits", "cook.d", "cov.r", "tau2.del", "QE.del", "hat", "weight")
      c(columns(x$inf, names), list(dfbs = array_of(x$dfbs[[1]]), is_infl = array_of(x$is.infl)))
    })
    block <- add(block, "rstandard", attempt(rstandard(model)), function(x) columns(x, c("resid", "se", "z")))
    block <- add(block, "baujat", attempt(baujat(model)), function(x) columns(x, c("x", "y")))
    out[[paste0(method, "_", test)]] <- block
  }
  out
}

# ---- small-study effects --------------------------------------------------------------------------------------

regression_test <- function(x) {
  list(
    zval = number(x$zval), pval = number(x$pval), dfs = number(x$dfs), est = number(x$est),
    ci_lb = number(x$ci.lb), ci_ub = number(x$ci.ub)
  )
}
rank_test <- function(x) list(tau = number(x$tau), pval = number(x$pval))
filled <- function(x) {
  list(
    k0 = number(x$k0), se_k0 = number(x$se.k0), side = x$side, p_k0 = number(x$p.k0), b = number(x$beta),
    se = number(x$se), ci_lb = number(x$ci.lb), ci_ub = number(x$ci.ub), tau2 = number(x$tau2), QE = number(x$QE),
    filled_yi = array_of(x$yi[x$fill]), filled_vi = array_of(x$vi[x$fill])
  )
}

small_study <- function(yi, vi, ni) {
  if (length(yi) < 3) return(list())
  sized <- function(method, test = "z") {
    if (is.null(ni)) attempt(fit(yi, vi, method, test)) else attempt(fit(yi, vi, method, test, ni = ni))
  }
  predictors <- c("sei", "vi", if (!is.null(ni)) c("ni", "ninv", "sqrtni", "sqrtninv"))
  out <- list()
  for (method in c("EE", "DL", "REML", "ML")) {
    model <- sized(method)
    if (!worked(model)) next
    for (predictor in predictors) {
      test <- attempt(regtest(model, model = "rma", predictor = predictor))
      out$regtest_rma[[method]][[predictor]] <- where_worked(test, function(x) {
        c(regression_test(x), list(b = array_of(x$fit$beta), se = array_of(x$fit$se), tau2 = number(x$fit$tau2)))
      })
    }
  }
  model <- sized("REML", "knha")
  if (worked(model)) {
    test <- attempt(regtest(model, model = "rma", predictor = "sei"))
    out$regtest_rma$REML_knha$sei <- where_worked(test, regression_test)
  }
  model <- sized("EE")
  for (predictor in predictors) {
    test <- attempt(regtest(model, model = "lm", predictor = predictor))
    out$regtest_lm_egger[[predictor]] <- where_worked(test, function(x) {
      block <- regression_test(x)
      setNames(block, sub("zval", "tval", names(block)))
    })
  }
  out$ranktest <- where_worked(attempt(ranktest(model)), rank_test)
  out$ranktest_asymptotic <- where_worked(attempt(ranktest(model, exact = FALSE)), rank_test)
  for (method in c("EE", "DL", "REML")) {
    model <- attempt(fit(yi, vi, method))
    if (!worked(model)) next
    for (estimator in c("L0", "R0")) for (side in c("auto", "left", "right")) {
      sided <- if (side == "auto") list() else list(side = side)
      result <- attempt(do.call(trimfill, c(list(model, estimator = estimator), sided)))
      out$trimfill[[method]][[estimator]][[side]] <- where_worked(result, filled)
    }
  }
  out
}

# Precision-effect tests by weighted least squares; base R
pet_peese <- function(yi, vi) {
  if (length(yi) < 8) return(NULL)
  one <- function(x) {
    table <- summary(lm(yi ~ x, weights = 1 / vi))$coefficients
    list(
      b0 = table[1, 1], se = table[1, 2], p = table[1, 4],
      b1 = table[2, 1], b1_se = table[2, 2], b1_p = table[2, 4]
    )
  }
  list(own_pet_wls = one(sqrt(vi)), own_peese_wls = one(vi))
}

# Tests of 2x2 tables by weighted least squares; base R. Harbord 2006, Peters 2006, Macaskill 2001.
binary_tests <- function(raw) {
  a <- raw$ai; c <- raw$ci; n1 <- as.double(raw$n1i); n2 <- as.double(raw$n2i)
  keep <- a + c > 0 & n1 - a + n2 - c > 0
  a <- a[keep]; c <- c[keep]; n1 <- n1[keep]; n2 <- n2[keep]
  n <- n1 + n2; events <- a + c; others <- n - events
  score <- a - events * n1 / n
  information <- n1 * n2 * events * others / (n^2 * (n - 1))
  log_or <- escalc("OR", ai = a, bi = n1 - a, ci = c, di = n2 - c)$yi
  weight <- 1 / (1 / events + 1 / others)
  one <- function(model) {
    table <- summary(model)$coefficients
    list(
      intercept = table[1, 1], intercept_se = table[1, 2], slope = table[2, 1], slope_se = table[2, 2],
      t = table[2, 3], p = table[2, 4], df = length(n) - 2
    )
  }
  list(
    harbord = one(lm(I(score / information) ~ I(1 / sqrt(information)), weights = information)),
    peters = one(lm(log_or ~ I(1 / n), weights = weight)),
    macaskill = one(lm(log_or ~ n, weights = weight))
  )
}

# ---- subgroups and meta-regression ----------------------------------------------------------------------------

subgroups <- function(yi, vi, group) {
  group <- factor(group)
  out <- list(groups = array_of(levels(group)), grp = array_of(as.character(group)))
  for (method in c("EE", "DL", "REML")) {
    models <- lapply(levels(group), function(level) {
      own <- group == level
      attempt(fit(yi[own], vi[own], if (sum(own) == 1) "EE" else method))
    })
    if (!all(vapply(models, worked, TRUE))) next
    of_each <- function(field) vapply(models, function(model) number(model[[field]]), 0)
    b <- of_each("beta"); se <- of_each("se"); w <- 1 / se^2
    q <- sum(w * (b - sum(w * b) / sum(w))^2)
    df <- length(b) - 1
    out[[method]] <- list(
      b = array_of(b), se = array_of(se), tau2 = array_of(of_each("tau2")), k = array_of(of_each("k")),
      own_Q_between = q, own_df = df, own_p = pchisq(q, df, lower.tail = FALSE),
      own_I2_between = max(0, 100 * (q - df) / q)
    )
    common <- attempt(fit(yi, vi, method, mods = model.matrix(~group)[, -1, drop = FALSE]))
    if (worked(common)) {
      out[[paste0(method, "_common_tau2")]] <- list(
        QM = number(common$QM), QMp = number(common$QMp), df = common$p - 1, tau2 = number(common$tau2)
      )
    }
  }
  out
}

regression <- function(yi, vi, data, formula) {
  complete <- complete.cases(model.frame(formula, data = data, na.action = na.pass))
  X <- model.matrix(formula, data = data[complete, , drop = FALSE])
  y <- yi[complete]; v <- vi[complete]
  out <- list(
    formula = paste(deparse(formula), collapse = " "), columns = array_of(colnames(X)), X = unname(X),
    yi = array_of(y), vi = array_of(v)
  )
  for (method in c("EE", "DL", "HE", "SJ", "ML", "REML", "EB", "PM")) for (test in c("z", "knha", "t")) {
    if (method == "EE" && test != "z") next
    tested <- if (ncol(X) > 1) 2:ncol(X) else 1
    model <- attempt(fit(y, v, method, test, mods = X, intercept = FALSE, btt = tested))
    out[[paste0(method, "_", test)]] <- where_worked(model, function(model) {
      block <- c(
        estimates(model), heterogeneity(model), scale_and_variance(model), log_likelihood(model),
        list(QM = number(model$QM), QMp = number(model$QMp), QMdf = array_of(model$QMdf), p = model$p)
      )
      if (method == "REML" && test == "z") {
        limits <- attempt(confint(model, control = root_control))
        if (worked(limits)) block$tau2_QP <- array_of(limits$random[1, ])
        block$hat <- array_of(hatvalues(model)); block$fitted <- array_of(fitted(model))
        block$rstudent <- array_of(rstudent(model)$z); block$cooks <- array_of(cooks.distance(model))
        block$R2 <- number(fit(y, v, method, mods = X[, -1, drop = FALSE])$R2)
        p <- predict(model)
        block$predict <- columns(p, c("pred", "se", "ci.lb", "ci.ub", "pi.lb", "pi.ub"))
      }
      block
    })
  }
  out
}

analysis <- function(yi, vi, ni = NULL, group = NULL, order = NULL, data = NULL, formulas = NULL,
                     thorough = TRUE, primary = TRUE) {
  keep <- !is.na(yi) & !is.na(vi) & vi > 0
  y <- as.vector(yi)[keep]; v <- as.vector(vi)[keep]
  n <- if (is.null(ni)) NULL else ni[keep]
  out <- list(keep = array_of(keep), yi = array_of(y), vi = array_of(v))
  out["ni"] <- list(if (is.null(n)) NULL else array_of(n))
  out$rma_uni <- fits(y, v)
  out$confint <- q_profiles(y, v)
  out$diagnostics <- diagnostics(y, v, if (is.null(order)) NULL else order[keep], thorough)
  out$bias <- small_study(y, v, n)
  if (primary) out$own_pet_peese <- pet_peese(y, v)
  if (!is.null(group)) out$subgroup <- subgroups(y, v, group[keep])
  if (!is.null(formulas)) {
    out$metareg <- lapply(formulas, function(f) attempt(regression(y, v, data[keep, , drop = FALSE], f)))
  }
  out
}

# ---- effect sizes and 2x2 methods -----------------------------------------------------------------------------

effect <- function(...) where_worked(attempt(escalc(...)), function(e) list(yi = array_of(e$yi), vi = array_of(e$vi)))

binary_effects <- function(raw) {
  one <- function(measure, ...) {
    effect(measure = measure, ai = raw$ai, bi = raw$n1i - raw$ai, ci = raw$ci, di = raw$n2i - raw$ci, ...)
  }
  out <- list()
  for (measure in c("RR", "OR", "RD", "AS", "PETO", "OR2DN", "OR2DL")) out[[measure]] <- one(measure)
  for (measure in c("RR", "OR")) out[[paste0(measure, "_drop00")]] <- one(measure, drop00 = TRUE)
  for (measure in c("RR", "OR", "RD")) for (to in c("all", "if0all", "none")) {
    out[[paste0(measure, "_to_", to)]] <- one(measure, to = to)
  }
  out
}

mean_effects <- function(raw) {
  one <- function(...) {
    effect(m1i = raw$m1i, sd1i = raw$sd1i, n1i = raw$n1i, m2i = raw$m2i, sd2i = raw$sd2i, n2i = raw$n2i, ...)
  }
  out <- list(MD = one(measure = "MD"), SMD_LS = one(measure = "SMD"), SMD_UB = one(measure = "SMD", vtype = "UB"))
  same_sign <- all(raw$m1i > 0 & raw$m2i > 0) || all(raw$m1i < 0 & raw$m2i < 0)
  if (same_sign) out$ROM_LS <- one(measure = "ROM")
  out$D2ORN <- one(measure = "D2ORN"); out$D2ORL <- one(measure = "D2ORL")
  m <- raw$n1i + raw$n2i - 2
  out$own_J_exact <- list(
    m = array_of(m), J = array_of(exp(lgamma(m / 2) - log(sqrt(m / 2)) - lgamma((m - 1) / 2))),
    J_approx = array_of(1 - 3 / (4 * m - 1)),
    note = "exact J with the gamma function, and the approximation of RevMan"
  )
  out
}

two_by_two <- function(raw) {
  a <- raw$ai; b <- raw$n1i - raw$ai; c <- raw$ci; d <- raw$n2i - raw$ci
  fields <- c(
    "zval", "pval", "ci.lb", "ci.ub", "QE", "QEp", "k", "k.yi", "I2", "H2", "MH", "MHp", "TA", "TAp", "BD", "BDp"
  )
  one <- function(method, ...) where_worked(attempt(method(ai = a, bi = b, ci = c, di = d, ...)), function(x) {
    rest <- setNames(lapply(fields, function(f) number(x[[f]])), gsub(".", "_", fields, fixed = TRUE))
    c(list(b = number(x$beta), se = number(x$se)), rest)
  })
  out <- list()
  for (measure in c("OR", "RR", "RD")) {
    name <- paste0("MH_", measure)
    out[[name]] <- one(rma.mh, measure = measure)
    out[[paste0(name, "_correctFALSE")]] <- one(rma.mh, measure = measure, correct = FALSE)
    everywhere <- c("only0", "only0")
    out[[paste0(name, "_add05_only0")]] <- one(rma.mh, measure = measure, add = c(0.5, 0.5), to = everywhere)
  }
  out$Peto <- one(rma.peto)
  out
}

# ---- several effects per study --------------------------------------------------------------------------------

# The tightest relative tolerance of nlminb with which rma.mv converges
multilevel <- function(...) {
  for (tolerance in 10^-(14:9)) {
    control <- list(rel.tol = tolerance, iter.max = 5000, eval.max = 5000)
    model <- tryCatch(rma.mv(..., control = control), error = function(e) NULL)
    if (!is.null(model)) return(list(model = model, tolerance = tolerance))
  }
  stop("rma.mv did not converge")
}
components <- function(found) {
  x <- found$model
  c(
    estimates(x)[c("b", "se", "zval", "pval", "ci_lb", "ci_ub")],
    list(
      sigma2 = array_of(x$sigma2), tau2 = array_of(x$tau2), rho = array_of(x$rho),
      QE = number(x$QE), QEp = number(x$QEp), QM = number(x$QM), QMp = number(x$QMp),
      ll_ml = x$fit.stats["ll", "ML"], ll_reml = x$fit.stats["ll", "REML"], k = x$k,
      nlminb_rel_tol = found$tolerance
    )
  )
}
cluster_robust <- function(model, cluster) {
  one <- function(...) where_worked(attempt(do.call(robust, list(model, cluster = cluster, ...))), function(x) {
    list(
      b = array_of(x$beta), se = array_of(x$se), t = array_of(x$zval), df = array_of(x$dfs), ddf = array_of(x$ddf),
      pval = array_of(x$pval), ci_lb = array_of(x$ci.lb), ci_ub = array_of(x$ci.ub)
    )
  })
  list(CR1 = one(), CR2 = one(clubSandwich = TRUE))
}

head_of <- function(name, kind, note = NULL) {
  out <- list(
    dataset = name, kind = kind, metafor = as.character(packageVersion("metafor")),
    metadat = as.character(packageVersion("metadat"))
  )
  out["note"] <- list(note)
  out
}
is_wanted <- function(name) !length(wanted) || name %in% wanted

# ---- data sets ------------------------------------------------------------------------------------------------

two_arms <- function(study, ai, n1i, ci, n2i, ...) data.frame(study = as.character(study), ai, n1i, ci, n2i, ...)
means <- function(study, m1i, sd1i, n1i, m2i, sd2i, n2i) {
  data.frame(study = as.character(study), m1i, sd1i, n1i, m2i, sd2i, n2i)
}
plain <- function(study, yi, vi, ...) {
  data.frame(study = as.character(study), yi = as.vector(yi), vi = as.vector(vi), ...)
}

# measures: the first is the primary one, for which subgroups, regressions and the order of the studies count
set <- function(kind, raw, measures, primary = measures[1], ...) {
  list(kind = kind, raw = raw, measures = measures, primary = primary, ...)
}

named <- function(d) with(d, two_arms(paste(if (is.null(d$author)) study else author, year), ai, n1i, ci, n2i))

SETS <- list(
  dat.bcg = function(d = dat.bcg) {
    raw <- with(d, two_arms(paste(author, year), tpos, tpos + tneg, cpos, cpos + cneg, year, ablat, alloc))
    set("binary", raw, c("RR", "OR", "RD", "AS", "PETO"),
      group = d$alloc, order = d$year, data = d,
      formulas = list(ablat = ~ablat, ablat_year = ~ablat + year, alloc = ~alloc, ablat_x_alloc = ~ablat + alloc)
    )
  },
  dat.colditz1994 = function(d = dat.colditz1994) {
    raw <- with(d, two_arms(paste(author, year), tpos, tpos + tneg, cpos, cpos + cneg, year, ablat))
    set("binary", raw, c("RR", "OR"), "OR",
      order = d$year, data = d, formulas = list(ablat = ~ I(ablat - 33.46)),
      note = "identical raw numbers to dat.bcg; primary measure OR here"
    )
  },
  dat.li2007 = function(d = dat.li2007) {
    set("binary", named(d), c("OR", "RR", "RD", "PETO"), order = d$year)
  },
  dat.egger2001 = function(d = dat.egger2001) {
    set("binary", named(d), c("OR", "RR", "RD"), order = d$year)
  },
  dat.nielweise2007 = function(d = dat.nielweise2007) {
    set("binary", named(d), c("OR", "RR", "RD", "PETO"), order = d$year, note = "rare events, several zero cells")
  },
  dat.hine1989 = function(d = dat.hine1989) {
    set("binary", with(d, two_arms(source, ai, n1i, ci, n2i)), c("RD", "OR", "RR", "AS"), note = "k=6")
  },
  dat.linde2005 = function(d = dat.linde2005[!is.na(dat.linde2005$ai), ]) {
    raw <- with(d, two_arms(paste(study, year), ai, n1i, ci, n2i))
    set("binary", raw, c("RR", "OR"),
      group = d$group, order = d$year, data = transform(d, group = factor(group)),
      formulas = list(group = ~group, year = ~year)
    )
  },
  dat.laopaiboon2015 = function(d = dat.laopaiboon2015) {
    set("binary", named(d), c("RR", "OR", "RD"), group = d$age, order = d$year)
  },
  dat.axfors2021_hcq = function(d = subset(dat.axfors2021, hcq_cq == "hcq")) {
    raw <- with(d, two_arms(id, hcq_arm_event, hcq_arm_total, control_arm_event, control_arm_total))
    set("binary", raw, c("OR", "RR"), group = d$Published, note = "double-zero studies present")
  },
  dat.cannon2006_ep1 = function(d = dat.cannon2006) {
    set("binary", with(d, two_arms(trial, ep1t, nt, ep1c, nc)), c("OR", "RR", "RD"), note = "k=4")
  },
  dat.hartmannboyce2018 = function(d = dat.hartmannboyce2018) {
    raw <- with(d, two_arms(study, x.nrt, n.nrt, x.ctrl, n.ctrl))
    set("binary", raw, "RR",
      group = d$treatment, data = d, formulas = list(treatment = ~treatment), thorough = FALSE, note = "k=136"
    )
  },
  dat.graves2010 = function(d = dat.graves2010) {
    set("binary", with(d, two_arms(study, ai, n1i, ci, n2i)), c("RR", "OR"))
  },
  dat.dorn2007 = function(d = dat.dorn2007) {
    set("binary", with(d, two_arms(paste(study, year), x.a, n.a, x.p, n.p)), c("RR", "OR"),
      order = d$year, data = d, formulas = list(days = ~days, jadad_visits = ~jadad + visits)
    )
  },
  dat.vanhowe1999 = function(d = dat.vanhowe1999) {
    raw <- with(d, two_arms(study, non.pos, non.pos + non.neg, cir.pos, cir.pos + cir.neg))
    set("binary", raw, "OR", group = d$category, data = d, formulas = list(category = ~category))
  },
  dat.viechtbauer2021 = function(d = dat.viechtbauer2021) {
    raw <- with(d, two_arms(trial, xTi, nTi, xCi, nCi))
    set("binary", raw, "OR", data = d, formulas = list(dose = ~ I(dose / 100)))
  },
  dat.normand1999 = function(d = dat.normand1999) {
    set("continuous", with(d, means(source, m1i, sd1i, n1i, m2i, sd2i, n2i)), c("MD", "SMD", "ROM"))
  },
  dat.gibson2002 = function(d = subset(dat.gibson2002, !is.na(m1i))) {
    raw <- with(d, means(paste(author, year), m1i, sd1i, n1i, m2i, sd2i, n2i))
    set("continuous", raw, c("SMD", "MD", "ROM"),
      group = d$type, order = d$year, data = d, formulas = list(type = ~type)
    )
  },
  dat.franchini2012_vs_placebo = function(d = subset(dat.franchini2012, Treatment1 == "Placebo")) {
    raw <- with(d, means(Study, y2, sd2, n2, y1, sd1, n1))
    set("continuous", raw, c("MD", "SMD"), note = "first active arm vs placebo")
  },
  dat.senn2013_vs_placebo = function(d = dat.senn2013) {
    control <- subset(d, treatment == "placebo")
    active <- subset(d, treatment != "placebo")
    both <- merge(active[!duplicated(active$study), ], control, by = "study", suffixes = c(".a", ".p"))
    raw <- with(both, means(study, mi.a, sdi.a, ni.a, mi.p, sdi.p, ni.p))
    set("continuous", raw, c("MD", "SMD"), group = both$treatment.a, note = "first active arm vs placebo")
  },
  dat.hackshaw1998 = function(d = dat.hackshaw1998) {
    raw <- with(d, plain(paste(author, year), yi, vi, or = or, or_lb = or.lb, or_ub = or.ub, cases, design))
    set("generic", raw, "GEN",
      group = d$design, order = d$year, data = d, formulas = list(design = ~design, year = ~year),
      note = "ln OR from 95% CI"
    )
  },
  dat.raudenbush1985 = function(d = dat.raudenbush1985) {
    raw <- with(d, plain(paste(author, year), yi, vi, weeks, n1i, n2i, setting, tester))
    set("generic", raw, "GEN",
      ni = d$n1i + d$n2i, group = d$tester, order = d$year, data = transform(d, weeks3 = pmin(weeks, 3)),
      formulas = list(weeks3 = ~weeks3, weeks3_setting = ~weeks3 + setting, tester = ~tester)
    )
  },
  dat.pignon2000 = function(d = dat.pignon2000) {
    set("OE_V", with(d, plain(trial, OmE / V, 1 / V, OmE, V, grp)), "GEN",
      group = d$grp, data = transform(d, grp = factor(grp)), formulas = list(grp = ~grp), thorough = FALSE,
      note = "log hazard ratio from O-E and V (one-step Peto)"
    )
  },
  dat.molloy2014 = function(d = dat.molloy2014) {
    raw <- with(d, data.frame(study = paste(authors, year), ri, ni, meanage, quality, design))
    set("correlation", raw, c("ZCOR", "COR"),
      ni = d$ni, group = d$design, order = d$year, data = d,
      formulas = list(quality = ~quality, age_design = ~meanage + design)
    )
  },
  dat.hart1999 = function(d = dat.hart1999) {
    raw <- with(d, data.frame(study = paste(study, year), x1i, t1i, x2i, t2i))
    set("rate", raw, c("IRR", "IRD"), order = d$year)
  }
)

effects_of <- function(s, measure) {
  raw <- s$raw
  e <- switch(s$kind,
    binary = escalc(measure, ai = raw$ai, bi = raw$n1i - raw$ai, ci = raw$ci, di = raw$n2i - raw$ci),
    continuous = escalc(measure, m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = raw),
    correlation = escalc(measure, ri = raw$ri, ni = raw$ni),
    rate = escalc(measure, x1i = raw$x1i, t1i = raw$t1i, x2i = raw$x2i, t2i = raw$t2i),
    raw
  )
  list(yi = as.vector(e$yi), vi = as.vector(e$vi))
}

for (name in Filter(is_wanted, names(SETS))) {
  s <- SETS[[name]]()
  out <- c(head_of(name, s$kind, s$note), list(raw = s$raw, primary = s$primary))
  if (s$kind == "binary") {
    blocks <- list(escalc = binary_effects(s$raw), mh_peto = two_by_two(s$raw), own_bias_binary = binary_tests(s$raw))
    out <- c(out, blocks)
  }
  if (s$kind == "continuous") out$escalc <- mean_effects(s$raw)
  ni <- if (s$kind %in% c("binary", "continuous")) s$raw$n1i + s$raw$n2i else s$ni
  for (measure in s$measures) {
    e <- effects_of(s, measure)
    primary <- measure == s$primary
    only <- function(x) if (primary) x
    out$analyses[[measure]] <- analysis(e$yi, e$vi, ni, only(s$group), only(s$order), s$data, only(s$formulas),
                                        thorough = primary && !isFALSE(s$thorough), primary = primary)
  }
  save_json(name, out)
}

# ---- synthetic sets: few studies, none or all of the heterogeneity, one dominant study ------------------------

EDGES <- list(
  k1 = list(0.3, 0.04),
  k2 = list(c(0.1, 0.7), c(0.03, 0.05)),
  k2_homog = list(c(0.30, 0.31), c(0.03, 0.05)),
  k3 = list(c(-0.2, 0.4, 0.1), c(0.02, 0.05, 0.01)),
  k5_identical = list(rep(0.25, 5), c(.01, .02, .03, .04, .05)),
  k4_dominant = list(c(0.05, 0.9, 1.1, 0.8), c(1e-4, 0.2, 0.3, 0.25))
)
if (is_wanted("syn_edge")) {
  edges <- lapply(EDGES, function(e) analysis(e[[1]], e[[2]]))
  save_json("syn_edge", c(head_of("syn_edge", "generic", "degenerate inputs"), list(analyses = edges)))
}

if (is_wanted("syn_escalc")) {
  paired <- data.frame(
    m1i = c(38.72, 17.82, 20.83, 22.53, 19.18, 19.32, 29.49, 24.3, 25.92, 38.14),
    m2i = c(34.65, 6.67, 10.99, 18.56, 10.49, 14.92, 29.17, 22.22, 22.93, 32.18),
    sd1i = c(7.8, 5.29, 7.56, 5.62, 8.43, 4.92, 3.5, 7.9, 8.39, 8.8),
    sd2i = c(6.44, 7.32, 7.64, 6.77, 7.34, 5.32, 3.98, 4.12, 5.35, 4.64),
    ni = c(8, 12, 20, 35, 50, 80, 150, 11, 25, 60),
    ri = c(0.25, 0.5, 0.71, 0.65, 0.54, 0.63, 0.47, 0.49, 0.37, 0.44)
  )
  zeros <- data.frame(
    ai = c(0, 0, 5, 3, 10, 1, 0, 12, 2, 7), n1i = c(20, 15, 5, 30, 10, 40, 50, 30, 25, 60),
    ci = c(0, 3, 2, 0, 10, 0, 1, 12, 0, 9), n2i = c(22, 15, 6, 28, 10, 38, 51, 30, 25, 58)
  )
  measures <- c("MC", "SMCC", "SMCR", "SMCRH")
  prepost <- lapply(measures, function(m) {
    effect(
      measure = m, m1i = paired$m1i, m2i = paired$m2i, sd1i = paired$sd1i, sd2i = paired$sd2i, ni = paired$ni,
      ri = paired$ri
    )
  })
  save_json("syn_escalc", c(head_of("syn_escalc", "escalc"), list(
    prepost_raw = paired, zero_cells_raw = zeros, zero_cells_mh = two_by_two(zeros),
    zero_cells = binary_effects(zeros), prepost = setNames(prepost, measures)
  )))
}

# ---- multilevel sets ------------------------------------------------------------------------------------------

raw_of <- function(d, names) list(raw = as.data.frame(d)[, names])

if (is_wanted("dat.konstantopoulos2011")) {
  d <- dat.konstantopoulos2011
  robust_of <- function(model) list(robust_district = cluster_robust(model, d$district))
  out <- c(
    head_of("dat.konstantopoulos2011", "multilevel"),
    raw_of(d, c("district", "school", "study", "year", "yi", "vi"))
  )
  nested <- ~ 1 | district / school
  for (method in c("REML", "ML")) {
    found <- multilevel(d$yi, d$vi, random = nested, data = d, method = method)
    p <- predict(found$model)
    limits <- attempt(confint(found$model))
    out$three_level[[method]] <- c(components(found), robust_of(found$model), list(
      predict = columns(p, c("pred", "se", "ci.lb", "ci.ub", "pi.lb", "pi.ub")),
      confint_sigma2 = lapply(1:2, function(i) array_of(limits[[i]]$random[1, ]))
    ))
    found <- multilevel(d$yi, d$vi, random = nested, data = d, method = method, test = "t", dfs = "contain")
    out$three_level_t_contain[[method]] <- c(components(found), list(ddf = array_of(found$model$ddf)))
    found <- multilevel(d$yi, d$vi, mods = ~ I(year - 1990), random = nested, data = d, method = method)
    out$three_level_year[[method]] <- c(components(found), robust_of(found$model))
    found <- multilevel(d$yi, d$vi, random = ~ factor(school) | district, data = d, method = method)
    out$cs_school_in_district[[method]] <- components(found)
  }
  flat <- fit(d$yi, d$vi, "REML")
  out$two_level <- c(
    estimates(flat), heterogeneity(flat), scale_and_variance(flat), log_likelihood(flat),
    list(QM = number(flat$QM), QMp = number(flat$QMp), p = flat$p), robust_of(flat)
  )
  V <- vcalc(vi, cluster = district, obs = school, rho = 0.6, data = d)
  found <- multilevel(d$yi, V, random = nested, data = d)
  block <- list(V_first_block = unname(as.matrix(V))[1:4, 1:4])
  out$vcalc_rho06 <- c(components(found), block, robust_of(found$model))
  save_json("dat.konstantopoulos2011", out)
}

if (is_wanted("dat.berkey1998")) {
  d <- dat.berkey1998
  V <- bldiag(lapply(split(d[, c("v1i", "v2i")], d$trial), as.matrix))
  out <- c(
    head_of("dat.berkey1998", "multivariate"),
    raw_of(d, c("trial", "year", "ni", "outcome", "yi", "vi", "v1i", "v2i")), list(V = unname(V))
  )
  for (method in c("REML", "ML")) {
    random <- ~ outcome | trial
    found <- multilevel(d$yi, V, mods = ~ outcome - 1, random = random, struct = "CS", data = d, method = method)
    out$CS[[method]] <- components(found)
  }
  save_json("dat.berkey1998", out)
}

if (is_wanted("dat.knapp2017")) {
  d <- subset(dat.knapp2017, !is.na(yi) & !is.na(vi))
  found <- multilevel(d$yi, d$vi, random = ~ 1 | study / comp, data = d)
  out <- c(
    head_of("dat.knapp2017", "multilevel"),
    raw_of(d, c("study", "task", "difficulty", "comp", "yi", "vi", "n_sz", "n_hc"))
  )
  out$three_level$REML <- c(components(found), list(robust_study = cluster_robust(found$model, d$study)))
  save_json("dat.knapp2017", out)
}
