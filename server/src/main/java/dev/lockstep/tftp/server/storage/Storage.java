package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.Source;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Files by name. Called on the I/O pool, by several threads at once; a {@link
 * dev.lockstep.tftp.transfer.TftpException} is the ERROR the peer gets, any other exception becomes ERROR 0 without
 * details.
 */
public interface Storage {
    /**
     * Opens a file to be sent.
     *
     * @param filename as the client wrote it: anything at all
     */
    Source read(String filename, InetSocketAddress peer) throws IOException;

    /**
     * A file to be sent that is in memory, whole and as it is now. Called on event loops: it neither waits nor throws.
     *
     * @return null for what {@link #read} is to be asked, errors included
     */
    default Source tryOpenCached(String filename, InetSocketAddress peer) {
        return null;
    }

    /**
     * Returns the group whose I/O threads this storage uses. A file operation that hangs can stop the storages of its
     * group and no others. There should be few groups, each with equal keys for as long as the server runs.
     *
     * @return by default one group for all storages that don't override this
     */
    default Object ioGroup() {
        return Storage.class.getSimpleName();
    }

    /**
     * Begins a file that is to be received.
     *
     * @param filename as the client wrote it: anything at all
     * @param size what the client says the file will have, or {@link Source#UNKNOWN_SIZE}
     */
    Sink write(String filename, long size, InetSocketAddress peer) throws IOException;
}
