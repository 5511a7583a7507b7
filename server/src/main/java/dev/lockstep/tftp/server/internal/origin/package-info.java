/**
 * Files of HTTP servers and object stores. Start with {@link dev.lockstep.tftp.server.internal.origin.OriginCache}: it
 * decides whether a request is answered from the {@link dev.lockstep.tftp.server.internal.origin.Spool} or starts a
 * {@link dev.lockstep.tftp.server.internal.origin.OriginFetch}, which all requests for the file join.
 */
package dev.lockstep.tftp.server.internal.origin;
