package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A storage that forwards each request to another one, where the file may have another name. A decorator overrides some
 * of the methods. {@link #below} and {@link #tryOpenCached} are not forwarded.
 */
public abstract class ForwardingStorage implements Storage {
    private final Storage storage;

    /**
     * Creates a decorator.
     *
     * @param storage receives the calls
     */
    protected ForwardingStorage(Storage storage) {
        this.storage = Objects.requireNonNull(storage, "storage");
    }

    /**
     * The file that a request leads to.
     *
     * @param storage the storage of the file
     * @param filename its name there
     */
    public record Target(Storage storage, String filename) {}

    /**
     * Returns the file that a request leads to.
     *
     * @param filename the name in the request, not validated
     * @param peer the client's address
     * @return by default the same name in the other storage
     * @throws IOException to refuse the request
     */
    @Blocking
    protected Target targetOf(String filename, InetSocketAddress peer) throws IOException {
        return new Target(storage, filename);
    }

    /**
     * Returns the failure to report for a request.
     *
     * @param failure the failure of {@link #targetOf}, or of the other storage
     * @param target the file, or null if {@code targetOf} has failed
     * @return by default the failure itself
     */
    protected TftpException explained(TftpException failure, Target target) {
        return failure;
    }

    /**
     * Opens the file of a request.
     *
     * @param <T> what is opened
     */
    private interface Opening<T> {
        T of(Target target) throws IOException;
    }

    private <T> T at(String filename, InetSocketAddress peer, Opening<T> opening) throws IOException {
        Target target = null;
        try {
            target = targetOf(filename, peer);
            return opening.of(target);
        } catch (IOException failure) {
            throw explained(TftpException.of(failure), target);
        }
    }

    private <T> CompletionStage<T> stageAt(
            String filename, InetSocketAddress peer, Opening<CompletionStage<T>> opening) {
        try {
            Target target = targetOf(filename, peer);
            return opening.of(target)
                    .exceptionallyCompose(
                            failure -> CompletableFuture.failedFuture(explained(TftpException.of(failure), target)));
        } catch (IOException failure) {
            return CompletableFuture.failedFuture(explained(TftpException.of(failure), null));
        }
    }

    @Override
    public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
        return at(request.filename(), peer, file -> file.storage().read(request.withFilename(file.filename()), peer));
    }

    @Override
    public CompletionStage<Source> open(ReadRequest request, InetSocketAddress peer, Executor io) {
        return stageAt(
                request.filename(), peer, file -> file.storage().open(request.withFilename(file.filename()), peer, io));
    }

    @Override
    public Source explain(ReadRequest request, InetSocketAddress peer, Consumer<String> lines) throws IOException {
        return at(
                request.filename(),
                peer,
                file -> file.storage().explain(request.withFilename(file.filename()), peer, lines));
    }

    @Override
    public Sink write(WriteRequest request, InetSocketAddress peer) throws IOException {
        return at(request.filename(), peer, file -> file.storage().write(request.withFilename(file.filename()), peer));
    }

    @Override
    public CompletionStage<Sink> open(WriteRequest request, InetSocketAddress peer, Executor io) {
        return stageAt(
                request.filename(), peer, file -> file.storage().open(request.withFilename(file.filename()), peer, io));
    }

    @Override
    public void explain(WriteRequest request, InetSocketAddress peer, Consumer<String> lines) throws IOException {
        at(request.filename(), peer, file -> {
            file.storage().explain(request.withFilename(file.filename()), peer, lines);
            return null;
        });
    }

    @Override
    public boolean isWritable() {
        return storage.isWritable();
    }

    @Override
    public String locate(String filename) {
        return storage.locate(filename);
    }

    @Override
    public Object ioGroup() {
        return storage.ioGroup();
    }

    @Override
    public List<Storage> roots() {
        return storage.roots();
    }

    @Override
    public void removeStaleUploads() throws IOException {
        storage.removeStaleUploads();
    }

    /** Returns the location of the files. */
    @Override
    public String toString() {
        return storage.toString();
    }
}
