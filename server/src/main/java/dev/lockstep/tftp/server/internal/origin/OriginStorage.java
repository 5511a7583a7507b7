package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.StorageSettings;
import dev.lockstep.tftp.server.storage.VirtualPath;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The files of an origin below a path. */
final class OriginStorage implements Storage {
    private final Origin origin;
    private final OriginCache cache;
    private final String base;
    private final String location;
    private final StorageSettings settings;

    /**
     * Creates a storage.
     *
     * @param base the URI of the folder for requests, with a slash at its end
     * @param location the URI as the operator has written it
     */
    OriginStorage(Origin origin, OriginCache cache, String base, String location, StorageSettings settings) {
        this.origin = origin;
        this.cache = cache;
        this.base = base;
        this.location = location.replaceAll("/+$", "");
        this.settings = settings;
    }

    private Resource resource(String filename) throws TftpException {
        String path = VirtualPath.elementsOfFile(filename).stream()
                .map(OriginStorage::encoded)
                .collect(Collectors.joining("/"));
        return new Resource(origin, URI.create(base + path), settings.origin());
    }

    /** Encodes an element, so that no character of a client's name has a meaning in the URI. */
    private static String encoded(String element) {
        return URLEncoder.encode(element, StandardCharsets.UTF_8) // the encoding of forms differs in three characters
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    @Override
    public Source tryOpenCached(ReadRequest request, InetSocketAddress peer) {
        try {
            return cache.tryOpen(resource(request.filename()));
        } catch (TftpException e) {
            return null; // reported by open
        }
    }

    @Override
    public CompletionStage<Source> open(ReadRequest request, InetSocketAddress peer, Executor io) {
        try {
            return cache.open(resource(request.filename()));
        } catch (TftpException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
        try {
            return open(request, peer, Runnable::run).toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } catch (ExecutionException e) {
            throw TftpException.of(e.getCause());
        }
    }

    @Override
    public Source explain(ReadRequest request, InetSocketAddress peer, Consumer<String> lines) throws IOException {
        return cache.explain(resource(request.filename()), lines);
    }

    @Override
    public Sink write(WriteRequest request, InetSocketAddress peer) throws IOException {
        settings.uploads().check(request);
        return settings.uploads()
                .limit(new OriginUpload(
                        cache, resource(request.filename()), settings.uploads(), location.startsWith("s3:")));
    }

    @Override
    public boolean isWritable() {
        return settings.uploads().allowed();
    }

    @Override
    public String locate(String filename) {
        return location + "/" + filename;
    }

    /** Returns the URI of the origin: one that does not answer does not delay others. */
    @Override
    public Object ioGroup() {
        return origin.toString();
    }

    /** Returns the URI as the operator has written it. */
    @Override
    public String toString() {
        return location;
    }
}
