package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.internal.text.DirectoryRights;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.storage.Storage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what the daemon serves, and how, when it starts. */
final class StartReport {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    /** Heap of a transfer, and of the rest of the daemon, in bytes. */
    private static final long HEAP_OF_TRANSFER = 6 << 10;

    private static final long HEAP_BESIDES = 24 << 20;

    private StartReport() {}

    /**
     * Logs one line.
     *
     * @param version the name and the version of the program
     * @param ports the port mode where no rule sets it
     * @param rules the configuration file, or null
     */
    static void log(String version, List<Storage> storages, PortMode ports, Path rules) {
        String roots = String.join("; ", describe(storages));
        String mode = ports instanceof PortMode.Single
                ? "single"
                : ports instanceof PortMode.Range ? ports.toString() : "ephemeral";
        String file = rules == null ? "none" : rules.toString();
        LOG.atInfo()
                .addKeyValue("event", "started")
                .addKeyValue("version", version)
                .addKeyValue("roots", roots)
                .addKeyValue("ports", mode)
                .addKeyValue("config", file)
                .log("{} started: root {}; ports: {}; rules: {}", version, roots, mode, file);
    }

    /** Returns a text for each root, with its rights if it is a directory. */
    static List<String> describe(List<Storage> storages) {
        Map<String, Storage> byRoot = new LinkedHashMap<>();
        storages.forEach(each -> byRoot.merge(each.toString(), each, (one, other) -> one.isWritable() ? one : other));
        List<String> roots = new ArrayList<>();
        byRoot.forEach((root, storage) -> {
            String rights = storage.ioGroup() instanceof Path directory ? DirectoryRights.of(directory) : "";
            String access = storage.isWritable() ? "writable" : "read-only";
            roots.add(root + " (" + (rights.isEmpty() ? access : rights + ", " + access) + ")");
        });
        return roots;
    }

    /**
     * Logs a warning if the limit of transfers needs more heap than there is.
     *
     * @param heap the largest size of the heap, in bytes
     */
    static void warnOfSmallHeap(int maxTransfers, long heap) {
        long needed = HEAP_BESIDES + HEAP_OF_TRANSFER * maxTransfers;
        if (heap < needed) {
            LOG.warn(
                    "--max-transfers: {} may need {} MiB of heap, {} MiB are available (expected: JAVA_OPTS=-Xmx{}m)",
                    maxTransfers,
                    needed >> 20,
                    heap >> 20,
                    needed >> 20);
        }
    }

    /** Logs a warning for each directory that accepts uploads, but that this process cannot write. */
    static void warnOfUnwritable(List<Storage> storages) {
        Set<Path> directories = new LinkedHashSet<>();
        for (Storage storage : storages) {
            if (storage.isWritable() && storage.ioGroup() instanceof Path directory && !Files.isWritable(directory)) {
                directories.add(directory);
            }
        }
        directories.forEach(directory -> LOG.warn(
                "{} cannot be written ({}): uploads succeed only in subdirectories that can",
                directory,
                DirectoryRights.forUser(directory)));
    }
}
