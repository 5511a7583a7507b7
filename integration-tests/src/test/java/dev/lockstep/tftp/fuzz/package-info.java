/**
 * What any bytes at all may do: nothing but what the types say. Each class here is a target for Jazzer, and {@code
 * CorpusTest} runs every file of its corpus in every build.
 */
package dev.lockstep.tftp.fuzz;
