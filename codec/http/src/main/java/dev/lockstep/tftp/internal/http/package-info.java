/**
 * The HTTP port of both programs: resources that are read, and server-sent events. It knows nothing of TFTP.
 *
 * <p>Start here: {@link dev.lockstep.tftp.internal.http.HttpPort} is built with its resources and started.
 */
package dev.lockstep.tftp.internal.http;
