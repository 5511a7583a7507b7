/**
 * Where a server's files are: a name and a peer in, a source or a sink or a refusal out. Knows no Netty; every method
 * may block.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.storage.Storage}. To serve files from a new place, write one.
 */
package dev.lockstep.tftp.server.storage;
