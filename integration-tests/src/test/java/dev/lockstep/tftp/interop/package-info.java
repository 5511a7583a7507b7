/**
 * Both programs, as processes, against other TFTP implementations.
 *
 * <p>Start here: {@link dev.lockstep.tftp.interop.ServerKind} and {@link dev.lockstep.tftp.interop.ClientKind} have the
 * command line and the known bugs of each program; the suites are tables over them. A peer that is not installed skips
 * its tests, and fails them where {@code CI=true}.
 *
 * <p>To find out whether the product or the test is wrong: {@code -Dinterop.server=atftpd} replaces the daemon by another
 * server, and {@code -Dinterop.client=atftp} the client by another one.
 */
package dev.lockstep.tftp.interop;
