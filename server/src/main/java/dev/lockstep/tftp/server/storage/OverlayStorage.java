package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of several storages, the roots. The first root that has a file serves it, so a transfer never has bytes of
 * two. A root that does not have the file (ERROR 1) is skipped. Any other failure refuses the request, unless {@link
 * OnError#NEXT} says otherwise: then the next root is asked, and if no root has the file, the client gets the first of
 * these failures.
 *
 * <p><b>Uploads</b> go to the first root that is writable, whatever its failure. They are refused with ERROR 6 if a root
 * before it has the file, since the upload would never be read, and without {@link WriteRules#overwrite} also if a root
 * after it has the file, since the upload would hide it.
 */
@ThreadSafe
public final class OverlayStorage implements Storage {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    private final List<Storage> roots;
    private final OnError onError;
    private final WriteRules uploads;
    /** Index of the root for uploads, or -1 if there is none. */
    private final int writable;

    /** The effect of a root that fails, other than by a file that it does not have. */
    public enum OnError {
        /** The request is refused. */
        STOP,
        /** The next root is asked. */
        NEXT;

        /** {@return the name as in flags and configuration files} */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Creates a storage.
     *
     * @param roots the storages in their order
     * @param onError the effect of a root that fails
     * @param uploads the rules that the writable root has been given
     * @throws IllegalArgumentException if there is no root
     */
    public OverlayStorage(List<? extends Storage> roots, OnError onError, WriteRules uploads) {
        if (roots.isEmpty()) {
            throw new IllegalArgumentException("roots: none (expected: at least one)");
        }
        this.roots = List.copyOf(roots);
        this.onError = onError;
        this.uploads = uploads;
        this.writable = IntStream.range(0, roots.size())
                .filter(index -> roots.get(index).isWritable())
                .findFirst()
                .orElse(-1);
    }

    /** Returns null, unless the first root has the file in memory: another root counts only if the first was asked. */
    @Override
    public Source tryOpenCached(ReadRequest request, InetSocketAddress peer) {
        return roots.get(0).tryOpenCached(request, peer);
    }

    @Override
    public CompletionStage<Source> open(ReadRequest request, InetSocketAddress peer, Executor io) {
        return first(roots, root -> root.open(request, peer, io), io);
    }

    @Override
    public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
        return await(first(roots, root -> completed(() -> root.read(request, peer)), Runnable::run));
    }

    @Override
    public Source explain(ReadRequest request, InetSocketAddress peer, Consumer<String> lines) throws IOException {
        AtomicInteger index = new AtomicInteger();
        return await(first(
                roots,
                root -> completed(() -> {
                    String number = numbered(index.getAndIncrement());
                    lines.accept(number + root);
                    try {
                        return root.explain(request, peer, lines);
                    } catch (IOException failure) {
                        lines.accept(number + TftpException.of(failure).explained());
                        throw failure;
                    }
                }),
                Runnable::run));
    }

    private String numbered(int index) {
        return "root " + (index + 1) + " of " + roots.size() + ": ";
    }

    @Override
    public CompletionStage<Sink> open(WriteRequest request, InetSocketAddress peer, Executor io) {
        return permitted(request, reading -> root -> root.open(reading, peer, io), io)
                .thenComposeAsync(target -> target.open(request, peer, io), io);
    }

    @Override
    public Sink write(WriteRequest request, InetSocketAddress peer) throws IOException {
        return await(permitted(request, reading -> root -> completed(() -> root.read(reading, peer)), Runnable::run))
                .write(request, peer);
    }

    /** Looks for the file in other roots as an explanation does, so that nothing is fetched from an origin. */
    @Override
    public void explain(WriteRequest request, InetSocketAddress peer, Consumer<String> lines) throws IOException {
        Storage target = await(permitted(
                request, reading -> root -> completed(() -> root.explain(reading, peer, line -> {})), Runnable::run));
        lines.accept(numbered(writable) + target + ", the first that accepts uploads");
        target.explain(request, peer, lines);
    }

    /** Returns the root for uploads, unless the upload would hide a file of another root or be hidden by it. */
    private CompletionStage<Storage> permitted(
            WriteRequest request,
            Function<ReadRequest, Function<Storage, CompletionStage<Source>>> opening,
            Executor io) {
        if (writable < 0) {
            return CompletableFuture.failedFuture(
                    new TftpException(ErrorCode.ACCESS_VIOLATION, "uploads are not accepted"));
        }
        Storage target = roots.get(writable);
        List<Storage> others = new ArrayList<>(roots.subList(0, writable));
        if (!uploads.overwrite()) {
            others.addAll(roots.subList(writable + 1, roots.size()));
        }
        if (others.isEmpty()) {
            return CompletableFuture.completedFuture(target);
        }
        ReadRequest reading = new ReadRequest(request.filename(), request.mode(), Options.NONE);
        return first(others, root -> opening.apply(reading).apply(root).thenApply(source -> existing(source, root)), io)
                .handle((existing, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.<Storage>failedFuture(existing);
                    }
                    TftpException cause = TftpException.of(failure);
                    return cause.is(ErrorCode.FILE_NOT_FOUND) || onError == OnError.NEXT
                            ? CompletableFuture.completedFuture(target)
                            : CompletableFuture.<Storage>failedFuture(cause);
                })
                .thenCompose(Function.identity());
    }

    private static TftpException existing(Source source, Storage root) {
        try {
            source.close();
        } catch (IOException e) {
            LOG.debug("cannot close a file of {}: {}", root, e.toString());
        }
        return new TftpException(ErrorCode.FILE_EXISTS, "file exists").because("in " + root);
    }

    /** Opens a file in the first of these roots that has it. */
    private <T> CompletionStage<T> first(
            List<Storage> those, Function<Storage, CompletionStage<T>> opening, Executor io) {
        return first(those, opening, io, new ArrayList<>());
    }

    /**
     * Opens a file in one of the roots that have not failed yet.
     *
     * @param failures the failures of the first roots, one for each
     */
    private <T> CompletionStage<T> first(
            List<Storage> those,
            Function<Storage, CompletionStage<T>> opening,
            Executor io,
            List<TftpException> failures) {
        Storage root = those.get(failures.size());
        CompletionStage<T> opened = opening.apply(root);
        // what completes later does so on a thread of an origin, which must not wait for a disk
        Executor next = opened.toCompletableFuture().isDone() ? Runnable::run : io;
        return opened.exceptionallyComposeAsync(
                thrown -> {
                    TftpException failure = TftpException.of(thrown);
                    failures.add(failure.reason() == null ? failure.because(root.toString()) : failure);
                    boolean missing = failure.is(ErrorCode.FILE_NOT_FOUND);
                    if (!missing && onError == OnError.STOP) {
                        return CompletableFuture.failedFuture(failure);
                    }
                    if (failures.size() == those.size()) {
                        return CompletableFuture.failedFuture(summary(failures));
                    }
                    if (!missing) {
                        LOG.warn("root {} is skipped: {}", root, LogSanitizer.of(failure.explained()));
                    }
                    return first(those, opening, io, failures);
                },
                next);
    }

    /** Returns the failure to report: the first error, otherwise that the file is not found. */
    private static TftpException summary(List<TftpException> failures) {
        TftpException reported = failures.stream()
                .filter(failure -> !failure.is(ErrorCode.FILE_NOT_FOUND))
                .findFirst()
                .orElse(failures.get(0));
        String text = reported.getMessage();
        return reported.withReason(failures.stream()
                .map(each -> each.getMessage().equals(text) ? each.reason() : each.explained())
                .collect(Collectors.joining("; ")));
    }

    /**
     * Opens a file.
     *
     * @param <T> what is opened
     */
    private interface Opening<T> {
        T run() throws IOException;
    }

    private static <T> CompletionStage<T> completed(Opening<T> opening) {
        try {
            return CompletableFuture.completedFuture(opening.run());
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Blocking
    private static <T> T await(CompletionStage<T> stage) throws IOException {
        try {
            return stage.toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } catch (ExecutionException e) {
            throw TftpException.of(e.getCause());
        }
    }

    @Override
    public boolean isWritable() {
        return writable >= 0;
    }

    /** Returns where each root would have the file. */
    @Override
    public String locate(String filename) {
        return roots.stream().map(root -> root.locate(filename)).collect(Collectors.joining("; "));
    }

    /** Returns the groups of the roots: a root that does not respond delays no request that leads elsewhere. */
    @Override
    public Object ioGroup() {
        List<Object> groups = roots.stream().map(Storage::ioGroup).distinct().toList();
        return groups.size() == 1 ? groups.get(0) : groups;
    }

    @Override
    public List<Storage> roots() {
        return roots.stream().flatMap(root -> root.roots().stream()).toList();
    }

    @Override
    public void removeStaleUploads() throws IOException {
        if (writable >= 0) {
            roots.get(writable).removeStaleUploads();
        }
    }

    /** Returns the locations of the roots. */
    @Override
    public String toString() {
        return roots.stream().map(Storage::toString).collect(Collectors.joining(", then "));
    }
}
