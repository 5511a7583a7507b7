package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.server.storage.OverlayStorage;
import dev.lockstep.tftp.server.storage.OverlayStorage.OnError;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.StorageRegistry;
import dev.lockstep.tftp.server.storage.StorageSettings;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The roots of the flags or of a rule, opened. */
public final class Roots {
    private final Locations locations;
    private final StorageSettings settings;
    private final List<Root> roots;

    /**
     * The roots as the operator has written them.
     *
     * @param uris directories or URIs, which may have placeholders; at least one
     * @param onError the effect of a root that fails
     */
    public record Locations(List<String> uris, OnError onError) {
        /** Copies the list. */
        public Locations {
            uris = List.copyOf(uris);
        }
    }

    /**
     * A root.
     *
     * @param files the files at its fixed part
     */
    private record Root(Storage files, RootTemplate template) {}

    private Roots(Locations locations, StorageSettings settings, List<Root> roots) {
        this.locations = locations;
        this.settings = settings;
        this.roots = roots;
    }

    /**
     * Opens roots. The first one that can accept uploads has the rules for uploads; those after it are read-only.
     *
     * @param settings the settings of their storages
     * @param storages opens them
     * @param neighbours the neighbour table for the {@code {mac}} placeholder
     * @throws IOException if files are not accessible
     * @throws IllegalArgumentException if a location is invalid; the message has the location and what was expected
     */
    @Blocking
    public static Roots open(
            Locations locations, StorageSettings settings, StorageRegistry storages, NeighbourTable neighbours)
            throws IOException {
        List<Root> roots = new ArrayList<>();
        StorageSettings each = settings;
        for (String location : locations.uris) {
            RootTemplate template = RootTemplate.parse(location, neighbours);
            Storage files = storages.open(template.fixed(), each);
            roots.add(new Root(files, template));
            if (files.isWritable()) {
                each = new StorageSettings(WriteRules.READ_ONLY, settings.servePrivate(), settings.origin());
            }
        }
        return new Roots(locations, settings, roots);
    }

    /** Returns the locations. */
    Locations locations() {
        return locations;
    }

    /** Returns the storage of a daemon without rules. */
    public Storage storage() {
        return roots.size() == 1 && roots.get(0).template.isFixed()
                ? roots.get(0).files
                : storage(FilenameRewrites.NONE);
    }

    /** Returns the storage of a rule. */
    Storage storage(FilenameRewrites changes) {
        List<RootStorage> all = roots.stream()
                .map(root -> new RootStorage(root.files, root.template, changes))
                .toList();
        return all.size() == 1 ? all.get(0) : new OverlayStorage(all, locations.onError, settings.uploads());
    }

    /** Returns a sentence about the files and the uploads. */
    String describe(FilenameRewrites changes) {
        WriteRules writes = settings.uploads();
        Storage files = storage(changes);
        String taken = !files.isWritable()
                ? "no uploads"
                : writes.overwrite() ? "uploads of any file" : "uploads of new files";
        String most =
                files.isWritable() && writes.maxSize() < Long.MAX_VALUE ? " up to " + writes.maxSize() + " bytes" : "";
        String hidden = settings.servePrivate() ? ", those that others may not read included" : "";
        return "files in " + files + errors() + changes + hidden + ", " + taken + most + target();
    }

    private String errors() {
        return roots.size() > 1 && locations.onError == OnError.NEXT ? " (also after errors)" : "";
    }

    /** Returns the root for uploads, if there are several roots. */
    private String target() {
        return roots.stream()
                .filter(root -> roots.size() > 1 && root.files.isWritable())
                .findFirst()
                .map(root -> " to " + new RootStorage(root.files, root.template, FilenameRewrites.NONE))
                .orElse("");
    }
}
