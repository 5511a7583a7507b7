package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A collection of files by name. A {@link dev.lockstep.tftp.codec.TftpException} is the ERROR that the peer receives;
 * any other exception becomes ERROR 0 without details.
 */
@ThreadSafe
@Blocking
public interface Storage {
    /**
     * Opens a file for reading.
     *
     * @param filename the name as the client sent it, not validated
     * @param peer the client's address
     * @return the file, which the caller closes
     * @throws IOException to refuse the request
     */
    Source read(String filename, InetSocketAddress peer) throws IOException;

    /**
     * Returns the current version of a file if it is in memory as a whole. It must not throw.
     *
     * @param filename the name as the client sent it, not validated
     * @param peer the client's address
     * @return null if {@link #read} must be called instead, also for errors
     */
    @EventLoop
    @ThreadSafe
    default Source tryOpenCached(String filename, InetSocketAddress peer) {
        return null;
    }

    /**
     * Returns the group whose I/O threads this storage uses. A file operation that hangs can block the storages of its
     * group, but no others. There should be few groups, and the key of a group must stay equal as long as the server
     * runs.
     *
     * @return by default one group for all storages that do not override this method
     */
    @EventLoop
    @ThreadSafe
    default Object ioGroup() {
        return Storage.class.getSimpleName();
    }

    /**
     * Opens a file for writing.
     *
     * @param filename the name as the client sent it, not validated
     * @param size the size in bytes that the client announced, or {@link Source#UNKNOWN_SIZE}
     * @param peer the client's address
     * @return the file, which the caller commits and closes
     * @throws IOException to refuse the request
     */
    Sink write(String filename, long size, InetSocketAddress peer) throws IOException;
}
