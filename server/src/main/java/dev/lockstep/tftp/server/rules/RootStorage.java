package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.ForwardingStorage;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.VirtualPath;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * A root of a rule: rewrites the name, and determines the folder if the root has placeholders. The reason of a refusal
 * in the log has the location of the file.
 */
final class RootStorage extends ForwardingStorage {
    private final Storage files;
    private final RootTemplate root;
    private final FilenameRewrites changes;

    /**
     * Creates a storage.
     *
     * @param files the storage at the fixed part of the root
     */
    RootStorage(Storage files, RootTemplate root, FilenameRewrites changes) {
        super(files);
        this.files = files;
        this.root = root;
        this.changes = changes;
    }

    @Override
    @Blocking
    protected Target targetOf(String filename, InetSocketAddress peer) throws IOException {
        String asked = normalized(filename);
        String changed = changes.apply(asked);
        String name = changed.equals(asked) ? asked : normalized(changed);
        return new Target(root.isFixed() ? files : filled(root.fill(asked, peer.getAddress())), name);
    }

    private static String normalized(String filename) throws TftpException {
        return String.join("/", VirtualPath.elementsOf(filename));
    }

    private Storage filled(String folder) throws IOException {
        try {
            return files.below(folder);
        } catch (TftpException e) {
            throw e.because("root " + files.locate(folder));
        }
    }

    @Override
    protected TftpException explained(TftpException failure, Target target) {
        return target == null ? failure : failure.because(locationOf(target));
    }

    private static String locationOf(Target target) {
        return target.storage().locate(target.filename());
    }

    @Override
    public Source tryOpenCached(ReadRequest request, InetSocketAddress peer) {
        try {
            return root.isFixed()
                    ? files.tryOpenCached(
                            request.withFilename(
                                    targetOf(request.filename(), peer).filename()),
                            peer)
                    : null;
        } catch (IOException e) {
            return null; // reported by open
        }
    }

    @Override
    public Source explain(ReadRequest request, InetSocketAddress peer, Consumer<String> lines) throws IOException {
        Source source = super.explain(request, peer, lines);
        lines.accept("file: " + locationOf(targetOf(request.filename(), peer)));
        return source;
    }

    @Override
    public void explain(WriteRequest request, InetSocketAddress peer, Consumer<String> lines) throws IOException {
        super.explain(request, peer, lines);
        lines.accept("file: " + locationOf(targetOf(request.filename(), peer)));
    }

    /** Returns the location of the files, with placeholders. */
    @Override
    public String toString() {
        return root.isFixed() ? files.toString() : files + "/" + root;
    }
}
