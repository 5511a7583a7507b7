package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes stale uploads from the writable storages of the daemon when it serves requests. */
final class StaleUploads {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    private StaleUploads() {}

    /**
     * Starts to remove stale uploads, with a daemon thread for each group of writable storages. A file system that does
     * not respond blocks neither the other threads nor the exit.
     *
     * @return the threads
     */
    static List<Thread> remove(List<Storage> storages) {
        Map<Object, Storage> writable = new LinkedHashMap<>();
        storages.stream().filter(Storage::isWritable).forEach(one -> writable.putIfAbsent(one.ioGroup(), one));
        List<Thread> threads = new ArrayList<>();
        for (Storage storage : writable.values()) {
            Thread thread = new Thread(() -> remove(storage), "tftp-stale-uploads");
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    private static void remove(Storage storage) {
        try {
            storage.removeStaleUploads();
        } catch (IOException e) {
            LOG.warn("cannot look for unfinished uploads in {}: {}", storage, e.toString());
        }
    }
}
