package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.FileErrors;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An upload to an origin. It is received into the spool first and sent when it is complete, so an upload that a client
 * gives up leaves nothing at the origin. The commit ends after the success response of the origin.
 */
final class OriginUpload implements Sink {
    /** The slowest rate at which an origin is expected to take a body, in bytes per second. */
    private static final long SLOWEST = 256 * 1024;

    private static final int OK = 200;
    private static final int REDIRECTION = 300;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;

    private final OriginCache cache;
    private final Resource resource;
    private final WriteRules rules;
    private final boolean isObject;
    private final Path file;
    private final FileChannel channel;

    /**
     * Creates the local file.
     *
     * @param isObject true for an object store, which gets large files in parts
     */
    OriginUpload(OriginCache cache, Resource resource, WriteRules rules, boolean isObject) throws IOException {
        this.cache = cache;
        this.resource = resource;
        this.rules = rules;
        this.isObject = isObject;
        this.file = cache.spool().createUpload();
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        channel.tryLock();
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        try {
            while (from.hasRemaining()) {
                channel.write(from);
            }
        } catch (IOException e) {
            throw FileErrors.of(e);
        }
    }

    @Override
    public void commit() throws IOException {
        Origin origin = resource.origin();
        Map<String, String> fields = new HashMap<>();
        if (!rules.overwrite()) {
            fields.put("If-None-Match", "*");
        }
        long size = channel.size();
        try {
            if (isObject && size > MultipartUpload.MAX_SINGLE) {
                new MultipartUpload(origin, resource.uri(), file, size).send(fields);
            } else {
                HttpResponse<String> response = origin.exchange(
                        "PUT", resource.uri(), fields, Payload.of(file, 0, size), limitOf(cache.times(), size));
                requireSuccess(response.statusCode());
            }
            origin.counters().uploads.increment();
            origin.available();
        } catch (TftpException e) {
            origin.counters().failedUploads.increment();
            throw e;
        } catch (IOException e) {
            origin.counters().failedUploads.increment();
            origin.unavailable(OriginErrors.reasonOf(e));
            throw OriginErrors.unavailable(OriginErrors.reasonOf(e));
        } finally {
            cache.invalidate(resource); // also if it failed: it may be stored nevertheless
        }
    }

    /** Commits on a thread for uploads of the origin, so that no thread for files waits for its response. */
    @Override
    public CompletionStage<Void> store() {
        CompletableFuture<Void> stored = new CompletableFuture<>();
        resource.origin().uploads().execute(() -> {
            try {
                commit();
                stored.complete(null);
            } catch (Throwable e) { // an Error must reach the transfer as well, which would otherwise wait forever
                stored.completeExceptionally(e);
            }
        });
        return stored;
    }

    /** Returns the longest wait for the response to a body. */
    static Duration limitOf(OriginTimes times, long size) {
        return times.headers().plusSeconds(size / SLOWEST);
    }

    /** Checks the status of an upload. */
    static void requireSuccess(int status) throws TftpException {
        if (status == PRECONDITION_FAILED) {
            throw new TftpException(ErrorCode.FILE_EXISTS, "file exists");
        }
        if (status == CONFLICT) {
            throw OriginErrors.unavailable("HTTP status 409, another upload of the file is running");
        }
        if (status < OK || status >= REDIRECTION) {
            throw OriginErrors.ofStatus(status);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(file);
        } finally {
            channel.close();
        }
    }
}
