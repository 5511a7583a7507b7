/**
 * The command {@code tftp load}.
 *
 * <p>Start here: {@link dev.lockstep.tftp.client.load.cli.LoadCommand}.
 */
package dev.lockstep.tftp.client.load.cli;
