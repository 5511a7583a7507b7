package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.rules.CommonSettings;
import dev.lockstep.tftp.server.storage.DirectoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the directories of the daemon, and removes stale uploads from the writable ones when it serves requests. */
final class StaleUploads implements CommonSettings.Directories {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    /** The writable directories, ordered by path: a directory precedes those below it. */
    private final Map<Path, DirectoryStorage> writable = new TreeMap<>();

    @Override
    public synchronized DirectoryStorage open(Path directory, WriteRules rules) throws IOException {
        DirectoryStorage storage = DirectoryStorage.at(directory, rules);
        if (rules.allowed()) {
            writable.put(storage.root(), storage);
        }
        return storage;
    }

    /**
     * Starts to remove stale uploads from each directory tree, with a daemon thread for each. A file system that does
     * not respond blocks neither the other threads nor the exit.
     *
     * @return the threads
     */
    synchronized List<Thread> remove() {
        List<Thread> threads = new ArrayList<>();
        List<Path> begun = new ArrayList<>();
        writable.forEach((root, storage) -> {
            if (begun.stream().noneMatch(root::startsWith)) {
                begun.add(root);
                Thread thread = new Thread(() -> remove(storage), "tftp-stale-uploads");
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
        });
        return threads;
    }

    private static void remove(DirectoryStorage storage) {
        try {
            storage.removeStaleUploads();
        } catch (IOException e) {
            LOG.warn("cannot look for unfinished uploads in {}: {}", storage.root(), e.toString());
        }
    }
}
