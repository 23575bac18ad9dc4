# KL divergence and entropy in nats, of numbers of binary64, over JSON lines: Rscript kl.R [reversed]
suppressPackageStartupMessages(library(jsonlite))
reversed <- length(commandArgs(trailingOnly = TRUE)) > 0

from_bits <- function(hex) {
  hex <- as.character(unlist(hex))
  bytes <- vapply(seq(1, 15, 2), function(i) strtoi(substr(hex, i, i + 1), 16L), integer(length(hex)))
  readBin(as.raw(t(bytes)), "double", length(hex), endian = "big")
}

to_bits <- function(x) paste(as.character(writeBin(x, raw(), endian = "big")), collapse = "")

terms <- function(p, q) {
  ratio <- p / q
  found <- p * ifelse(ratio >= 2^-1022 & is.finite(ratio), log(ratio), log(p) - log(q))
  near <- p < 2 * q & q < 2 * p
  found[near] <- (p * log1p((p - q) / q))[near] # p - q is exact
  found[q == 0] <- Inf
  found[p == 0] <- 0
  found
}

require_masses <- function(x) {
  if (!all(is.finite(x) & x >= 0)) stop("masses must be finite and not negative")
  x
}

functions <- list(
  kl_divergence = function(p, q) if (reversed) terms(q, p) else terms(p, q),
  entropy = function(p) ifelse(p == 0, 0, -p * log(p))
)

answer <- function(prompt) {
  f <- functions[[prompt$`function`]]
  if (is.null(f) || prompt$variant != "raw" || prompt$unit != "nat" || prompt$dtype != "binary64") {
    return(list(id = prompt$id, skip = "kl_divergence and entropy, raw, in nats, of binary64 only"))
  }
  tryCatch({
    masses <- lapply(Filter(Negate(is.null), list(prompt$p, prompt$q)), function(hex) require_masses(from_bits(hex)))
    # sum() would add up in 80 bits on some machines and not on others
    list(id = prompt$id, bits = to_bits(Reduce(`+`, suppressWarnings(do.call(f, masses)), 0)))
  }, error = function(e) list(id = prompt$id, error = conditionMessage(e)))
}

input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  cat(toJSON(answer(fromJSON(line, simplifyVector = FALSE)), auto_unbox = TRUE), "\n", sep = "")
}
