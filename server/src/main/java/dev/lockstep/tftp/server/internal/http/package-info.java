/**
 * The resources of the HTTP port of the daemon.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.internal.http.LivePage} serves the page and its data, which {@link
 * dev.lockstep.tftp.server.internal.http.TransferMonitor} collects.
 */
package dev.lockstep.tftp.server.internal.http;
