/**
 * The command {@code tftpd}: parses flags and the configuration file, handles signals, and configures the log.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.cli.TftpdCommand}.
 */
package dev.lockstep.tftp.server.cli;
