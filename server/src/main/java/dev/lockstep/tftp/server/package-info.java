/**
 * The TFTP server for embedding programs: its builder, and the interfaces through which it is configured and observed.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.TftpServer}. To decide how each request is served, implement a
 * {@link dev.lockstep.tftp.server.RequestPolicy}. To observe the server, read its {@link
 * dev.lockstep.tftp.server.ServerMetrics}; to run something beside it, implement a {@link
 * dev.lockstep.tftp.server.ServerLifecycleListener}.
 *
 * <p>Arguments and results are not null where the documentation of a method does not mention null.
 */
package dev.lockstep.tftp.server;
