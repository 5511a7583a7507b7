/**
 * Conformance checks of servers and clients, as {@code tftp conform} runs them. The cases are in {@code cases.txt}; each
 * check refers to one of them.
 *
 * <p>Start here: {@link dev.lockstep.tftp.client.conform.ServerRun}, {@link dev.lockstep.tftp.client.conform.ClientRun}.
 */
package dev.lockstep.tftp.client.conform;
