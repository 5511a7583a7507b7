/**
 * The command {@code tftpd}: flags to settings, signals, log output.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.cli.TftpdCommand}.
 */
package dev.lockstep.tftp.server.cli;
