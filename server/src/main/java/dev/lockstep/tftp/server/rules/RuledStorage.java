package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.StorageSettings;
import dev.lockstep.tftp.server.storage.VirtualPath;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The storage of one rule: rewrites the name, determines the root, and delegates to the storage there. The reason of a
 * refusal in the log names the rule and the file.
 */
final class RuledStorage implements Storage {
    private final String rule;
    private final Storage files;
    private final RootTemplate root;
    private final FilenameRewrites changes;
    private final StorageSettings settings;

    /**
     * The storage and the name that a request leads to.
     *
     * @param file the location of the file, for the log
     */
    record Place(Storage files, String name, String file) {}

    /**
     * Creates the storage of a rule.
     *
     * @param files the storage at the fixed part of the root
     * @param root the template of the root, or null if there is none
     * @param settings the settings of the storage
     */
    RuledStorage(String rule, Storage files, RootTemplate root, FilenameRewrites changes, StorageSettings settings) {
        this.rule = rule;
        this.files = files;
        this.root = root;
        this.changes = changes;
        this.settings = settings;
    }

    /** Returns the place of a name for a client. */
    @Blocking
    Place find(String filename, InetAddress client) throws IOException {
        String name = nameOf(filename);
        Storage there = root == null || root.isFixed() ? files : open(root.fill(normalized(filename), client));
        return new Place(there, name, there.locate(name));
    }

    private String nameOf(String filename) throws TftpException {
        String asked = normalized(filename);
        String name = changes.apply(asked);
        return name.equals(asked) ? asked : normalized(name);
    }

    private static String normalized(String filename) throws TftpException {
        return String.join("/", VirtualPath.elementsOf(filename));
    }

    private Storage open(String folder) throws IOException {
        try {
            return files.below(folder);
        } catch (TftpException e) {
            throw e.because("root " + files.locate(folder));
        }
    }

    @Override
    public Object ioGroup() {
        return files.ioGroup();
    }

    @Override
    public boolean isWritable() {
        return files.isWritable();
    }

    @Override
    public void removeStaleUploads() throws IOException {
        files.removeStaleUploads();
    }

    @Override
    public Source tryOpenCached(ReadRequest request, InetSocketAddress peer) {
        try {
            return root == null || root.isFixed()
                    ? files.tryOpenCached(request.withFilename(nameOf(request.filename())), peer)
                    : null;
        } catch (TftpException e) {
            return null; // reported by read
        }
    }

    @Override
    public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
        return atPlace(request.filename(), peer, place -> place.files().read(request.withFilename(place.name()), peer));
    }

    @Override
    public Source explain(ReadRequest request, InetSocketAddress peer, Consumer<String> lines) throws IOException {
        return atPlace(
                request.filename(),
                peer,
                place -> place.files().explain(request.withFilename(place.name()), peer, lines));
    }

    /** Opens a file. */
    private interface Opening<T> {
        T at(Place place) throws IOException;
    }

    /** Opens the file at the place of a name. The reason of a failure has the rule and the place. */
    private <T> T atPlace(String filename, InetSocketAddress peer, Opening<T> opening) throws IOException {
        String reason = rule;
        try {
            Place place = find(filename, peer.getAddress());
            reason = rule + ": " + place.file();
            return opening.at(place);
        } catch (IOException failure) {
            throw TftpException.of(failure).because(reason);
        }
    }

    @Override
    public CompletionStage<Source> open(ReadRequest request, InetSocketAddress peer) {
        try {
            Place place = find(request.filename(), peer.getAddress());
            return place.files().open(request.withFilename(place.name()), peer).exceptionallyCompose(failure -> {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                return CompletableFuture.failedFuture(TftpException.of(cause).because(rule + ": " + place.file()));
            });
        } catch (IOException failure) {
            return CompletableFuture.failedFuture(TftpException.of(failure).because(rule));
        }
    }

    @Override
    public Sink write(WriteRequest request, InetSocketAddress peer) throws IOException {
        return atPlace(
                request.filename(), peer, place -> place.files().write(request.withFilename(place.name()), peer));
    }

    /** Returns the location of the files, for the log. */
    @Override
    public String toString() {
        return files.toString();
    }

    /** Returns a sentence about the files and the uploads. */
    String describe() {
        WriteRules writes = settings.uploads();
        String filled = root == null || root.isFixed() ? files.toString() : files + "/" + root;
        boolean writable = writes.allowed() && files.isWritable();
        String taken = !writable ? "no uploads" : writes.overwrite() ? "uploads of any file" : "uploads of new files";
        String most = writable && writes.maxSize() < Long.MAX_VALUE ? " up to " + writes.maxSize() + " bytes" : "";
        String hidden = settings.servePrivate() ? ", those that others may not read included" : "";
        return "files in " + filled + changes + hidden + ", " + taken + most;
    }
}
