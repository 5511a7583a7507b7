/**
 * The command {@code tftp conform}.
 *
 * <p>Start here: {@link dev.lockstep.tftp.client.conform.cli.ConformCommand}.
 */
package dev.lockstep.tftp.client.conform.cli;
