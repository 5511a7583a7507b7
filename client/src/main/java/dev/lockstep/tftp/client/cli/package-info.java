/**
 * The command {@code tftp}, one class a subcommand.
 *
 * <p>Start here: {@link dev.lockstep.tftp.client.cli.TftpCommand}.
 */
package dev.lockstep.tftp.client.cli;
