/**
 * The cache of chunks of files that several transfers send.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.internal.cache.ChunkCache} creates the readers of outgoing files.
 */
package dev.lockstep.tftp.server.internal.cache;
