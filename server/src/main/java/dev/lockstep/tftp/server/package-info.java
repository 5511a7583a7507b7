/**
 * The TFTP server for embedding programs: its builder, and the interfaces through which it is configured and observed.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.TftpServer}. To decide how each request is served, implement a
 * {@link dev.lockstep.tftp.server.RequestPolicy}.
 */
package dev.lockstep.tftp.server;
