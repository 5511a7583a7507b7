package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.DirectoryStorage;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.VirtualPath;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The storage of one rule: rewrites the name, determines the root, and delegates to the storage there. The reason of a
 * refusal in the log names the rule and the file.
 */
final class RuledStorage implements Storage {
    private final String rule;
    private final Storage files;
    private final RootTemplate root;
    private final FilenameRewrites changes;
    private final WriteRules writes;

    /**
     * The storage and the name that a request leads to.
     *
     * @param file the path for the log
     */
    record Place(Storage files, String name, String file) {}

    /**
     * Creates the storage of a rule.
     *
     * @param files the storage at the fixed part of the root
     * @param root the template of the root, or null if there is none
     * @param writes the rules for uploads
     */
    RuledStorage(String rule, Storage files, RootTemplate root, FilenameRewrites changes, WriteRules writes) {
        this.rule = rule;
        this.files = files;
        this.root = root;
        this.changes = changes;
        this.writes = writes;
    }

    /** Returns the place of a name for a client. */
    @Blocking
    Place find(String filename, InetAddress client) throws IOException {
        String asked = String.join("/", VirtualPath.elementsOf(filename));
        String name = nameOf(filename);
        if (!(files instanceof DirectoryStorage directory)) {
            return new Place(files, name, name);
        }
        DirectoryStorage there =
                root == null || root.isFixed() ? directory : below(directory, root.fill(asked, client));
        return new Place(there, name, there.root() + "/" + String.join("/", VirtualPath.elementsOf(name)));
    }

    private String nameOf(String filename) throws TftpException {
        return changes.apply(String.join("/", VirtualPath.elementsOf(filename)));
    }

    private static DirectoryStorage below(DirectoryStorage directory, String folder) throws TftpException {
        try {
            return directory.below(folder);
        } catch (TftpException e) {
            throw e.because("root " + directory.root() + "/" + folder);
        }
    }

    @Override
    public Object ioGroup() {
        return files.ioGroup();
    }

    @Override
    public Source tryOpenCached(String filename, InetSocketAddress peer) {
        try {
            return root == null || root.isFixed() ? files.tryOpenCached(nameOf(filename), peer) : null;
        } catch (TftpException e) {
            return null; // reported by read
        }
    }

    @Override
    public Source read(String filename, InetSocketAddress peer) throws IOException {
        String reason = rule;
        try {
            Place place = find(filename, peer.getAddress());
            reason = rule + ": " + place.file();
            return place.files().read(place.name(), peer);
        } catch (TftpException refusal) {
            throw refusal.because(reason);
        }
    }

    @Override
    public Sink write(String filename, long size, InetSocketAddress peer) throws IOException {
        String reason = rule;
        try {
            Place place = find(filename, peer.getAddress());
            reason = rule + ": " + place.file();
            return place.files().write(place.name(), size, peer);
        } catch (TftpException refusal) {
            throw refusal.because(reason);
        }
    }

    @Override
    public String toString() {
        String where =
                files instanceof DirectoryStorage directory ? directory.root().toString() : "memory";
        String filled = root == null || root.isFixed() ? where : where + "/" + root;
        String taken =
                !writes.allowed() ? "no uploads" : writes.overwrite() ? "uploads of any file" : "uploads of new files";
        String most =
                writes.allowed() && writes.maxSize() < Long.MAX_VALUE ? " up to " + writes.maxSize() + " bytes" : "";
        String hidden = files instanceof DirectoryStorage directory && directory.servesPrivate()
                ? ", those that others may not read included"
                : "";
        return "files in " + filled + changes + hidden + ", " + taken + most;
    }
}
