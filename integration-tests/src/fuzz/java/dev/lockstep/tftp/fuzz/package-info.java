/**
 * Fuzz targets for Jazzer: any input must have only the effects that the types declare. {@code CorpusTest} runs every
 * file of their corpora in every build.
 */
package dev.lockstep.tftp.fuzz;
