/**
 * The interactive shell of {@code tftp}.
 *
 * <p>Start here: {@code ShellCommand} starts it, {@code Shell} interprets the lines.
 */
package dev.lockstep.tftp.client.shell;
