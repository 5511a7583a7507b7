/**
 * Both programs, as processes, against the TFTP programs that people have.
 *
 * <p>Start here: {@link dev.lockstep.tftp.interop.ServerKind} and {@link dev.lockstep.tftp.interop.ClientKind} say how
 * each program is driven and where it is at fault; the suites are tables over them. A peer that isn't installed skips
 * its tests, and fails them where {@code CI=true}.
 *
 * <p>Is it the product or the test? {@code -Dinterop.server=atftpd} puts another server in the daemon's place and
 * {@code -Dinterop.client=atftp} another client in ours.
 */
package dev.lockstep.tftp.interop;
