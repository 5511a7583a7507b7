/**
 * What the daemon shows on its HTTP port.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.internal.http.LivePage} serves the page and its data, which {@link
 * dev.lockstep.tftp.server.internal.http.TransferMonitor} collects.
 */
package dev.lockstep.tftp.server.internal.http;
