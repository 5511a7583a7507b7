/**
 * Generates the figures of {@code docs/performance.md}, {@code docs/resilience.md} and the README from the results of the
 * benchmark and of the resilience runs.
 *
 * <p>Start here: {@link dev.lockstep.tftp.figures.FiguresCommand}.
 */
package dev.lockstep.tftp.figures;
