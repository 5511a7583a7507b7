/**
 * The command {@code tftp}, with one class for each subcommand.
 *
 * <p>Start here: {@link dev.lockstep.tftp.client.cli.TftpCommand}.
 */
package dev.lockstep.tftp.client.cli;
