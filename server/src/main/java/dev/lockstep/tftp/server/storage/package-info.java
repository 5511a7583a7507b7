/**
 * Storages of files. A storage gets a request and the address of its peer, and returns a source or a sink, or refuses
 * the request. The package does not depend on Netty. Methods may block.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.storage.Storage}. Implement it to serve files from another place, and
 * {@link dev.lockstep.tftp.server.storage.StorageProvider} to name that place in flags and rules.
 *
 * <p>Arguments and results are not null where the documentation of a method does not mention null.
 */
package dev.lockstep.tftp.server.storage;
