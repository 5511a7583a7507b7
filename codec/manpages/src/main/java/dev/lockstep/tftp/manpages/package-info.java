/**
 * A build tool: generates the manual pages and the completion scripts of a command from its picocli model. Not part of any
 * artifact that is installed.
 *
 * <p>Start here: {@link dev.lockstep.tftp.manpages.ManPageGenerator}.
 */
package dev.lockstep.tftp.manpages;
