package dev.lockstep.tftp.junit;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.internal.impairment.DatagramImpairment.ImpairmentDecision;
import dev.lockstep.tftp.internal.impairment.ImpairedChannelHandler;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.io.FileSource;
import dev.lockstep.tftp.io.MemorySource;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.TftpServerBuilder;
import dev.lockstep.tftp.server.storage.ClassPathStorage;
import dev.lockstep.tftp.server.storage.DirectoryStorage;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.WriteRules;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A TFTP server for a test: serves what the test provides, records requests, transfers and uploads, and impairs the
 * network on demand.
 *
 * <pre>{@code
 * try (TftpFixture tftp = TftpFixture.start()) {
 *     tftp.serve("startup.cfg", "hostname r7");
 *     router.boot(tftp.uri("startup.cfg"));
 *     assertThat(tftp.requests()).hasSize(1);
 * }
 * }</pre>
 *
 * <p>The server listens on a free port of the loopback interface, accepts uploads, and has no files at first. File names
 * are matched without a slash before them. All fixtures of a JVM share their threads, which end when the last fixture
 * is closed. With JUnit, {@link TftpServerTest} or {@link TftpServerExtension} starts and closes it.
 *
 * <p>An {@code await} method blocks until something has happened, and throws an {@link AssertionError} if that takes
 * longer than the {@linkplain TftpFixtureBuilder#timeout timeout}; the error shows the packets.
 */
@ThreadSafe
public final class TftpFixture implements AutoCloseable {
    private final TftpFixtureBuilder settings;
    private final SharedResources shared = SharedResources.acquire();
    /** The running transfers, by the request that all their events have. */
    private final Map<Request, TransferRecorder> running = Collections.synchronizedMap(new IdentityHashMap<>());

    private volatile Recording recording;
    private final TftpServer server;

    TftpFixture(TftpFixtureBuilder settings) {
        this.settings = settings;
        try {
            this.recording = newRecording();
            this.server = settings.start(this, shared);
        } catch (RuntimeException | Error e) {
            shared.close();
            throw e;
        }
    }

    /**
     * Starts a server with the default settings.
     *
     * @return the running server
     * @throws UncheckedIOException if no port can be bound
     */
    public static TftpFixture start() {
        return builder().start();
    }

    /** {@return a builder with the default settings} */
    public static TftpFixtureBuilder builder() {
        return new TftpFixtureBuilder();
    }

    private Recording newRecording() {
        Recording fresh = new Recording(settings.seed, settings.writeRules);
        if (!settings.resources.isEmpty()) {
            fresh.add(resources(settings.resources));
        }
        return fresh;
    }

    /** {@return the address and port that the server listens on} */
    public InetSocketAddress address() {
        return server.addresses().get(0);
    }

    /** {@return the port that the server listens on} */
    public int port() {
        return server.port();
    }

    /**
     * {@return the URI of a file on this server, such as {@code tftp://127.0.0.1:40123/startup.cfg}}
     *
     * @param name the name of the file, which need not exist
     * @throws IllegalArgumentException if the name cannot be part of a URI
     */
    public URI uri(String name) {
        InetAddress address = address().getAddress();
        String host = (address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address).getHostAddress();
        String path = name.startsWith("/") ? name : "/" + name;
        try {
            URI uri = new URI("tftp", null, host, port(), path, null, null);
            return URI.create(uri.toString().replace(";", "%3B")); // it would begin the mode
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name + " (expected: the name of a file)", e);
        }
    }

    /** {@return the server itself, for example for its metrics} */
    public TftpServer server() {
        return server;
    }

    /**
     * Serves a text.
     *
     * @param name the name of the file
     * @param content its content, sent as UTF-8
     * @return this
     * @throws IllegalArgumentException if the name is empty
     */
    public TftpFixture serve(String name, String content) {
        return serve(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Serves an array.
     *
     * @param name the name of the file
     * @param content its content, which is copied
     * @return this
     * @throws IllegalArgumentException if the name is empty
     */
    public TftpFixture serve(String name, byte[] content) {
        byte[] copy = content.clone();
        recording.add(name, request -> new MemorySource(copy));
        return this;
    }

    /**
     * Serves a local file. It is opened for each request.
     *
     * @param name the name of the file for clients
     * @param file the local file
     * @return this
     * @throws IllegalArgumentException if the name is empty
     */
    public TftpFixture serve(String name, Path file) {
        recording.add(name, request -> {
            try {
                return new FileSource(FileChannel.open(file));
            } catch (NoSuchFileException e) {
                throw new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found", e);
            }
        });
        return this;
    }

    /**
     * Serves content that depends on the request.
     *
     * @param name the name of the file
     * @param content called for each request to read the file, on a thread for files
     * @return this
     * @throws IllegalArgumentException if the name is empty
     */
    public TftpFixture serve(String name, RequestedContent content) {
        recording.add(name, request -> {
            byte[] made = content.of(request);
            if (made == null) {
                throw new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found");
            }
            return new MemorySource(made);
        });
        return this;
    }

    /**
     * Serves the files of a local folder and of those in it. A file that was served by name or uploaded takes
     * precedence; so does a folder over those that were added before.
     *
     * @param folder the local folder
     * @return this
     * @throws UncheckedIOException if it is not a folder that can be read
     */
    @Blocking
    public TftpFixture serveFolder(Path folder) {
        try {
            recording.add(DirectoryStorage.at(folder, WriteRules.READ_ONLY).servingPrivate(true));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Serves the files of a folder on the class path, like {@link #serveFolder}. The class loader is that of the calling
     * thread.
     *
     * @param folder the path of the folder, such as {@code firmware}
     * @return this
     * @throws IllegalArgumentException if the folder is empty or leads out of the class path
     */
    public TftpFixture serveResources(String folder) {
        return serve(resources(folder));
    }

    private static Storage resources(String folder) {
        return new ClassPathStorage(Thread.currentThread().getContextClassLoader(), folder);
    }

    /**
     * Serves the files of a storage, like {@link #serveFolder}.
     *
     * @param files the storage; it gets no uploads
     * @return this
     */
    public TftpFixture serve(Storage files) {
        recording.add(files);
        return this;
    }

    /**
     * Returns the impairment of the next transfer whose request is received, in place of that of {@link
     * #everyTransfer}. Each further call is for one transfer more.
     *
     * @return an impairment that does nothing until its methods are called
     */
    public TransferImpairment nextTransfer() {
        return recording.addNext();
    }

    /**
     * Returns the impairment of all transfers that begin from now on, until the next {@link #reset}.
     *
     * @return always the same object, until the next reset
     */
    public TransferImpairment everyTransfer() {
        return recording.every();
    }

    /**
     * {@return the uploads that are complete, by name, in their order} The names have slashes between their elements and
     * none before. An upload is here before its client gets the last ACK.
     */
    public Map<String, UploadedFile> uploads() {
        return recording.uploads();
    }

    /** {@return all requests in the order in which they were received, whatever became of them} */
    public List<RecordedRequest> requests() {
        return recording.requests();
    }

    /**
     * {@return the transfers that have ended, and the requests that were refused, in the order of their end} A client
     * may know the end of a transfer sooner than the server, so {@link #awaitTransfer} is the safer way to get the last
     * one.
     */
    public List<RecordedTransfer> transfers() {
        return recording.transfers();
    }

    /**
     * Waits until a transfer of a file has ended and no other transfer of it is running.
     *
     * @param name the name of the file
     * @return the last transfer of the file
     * @throws AssertionError if that takes too long
     */
    @Blocking
    public RecordedTransfer awaitTransfer(String name) {
        Recording current = recording;
        return await(current, "end of a transfer of " + name, () -> current.lastOf(name));
    }

    /**
     * Waits until a number of transfers have ended, counted from the start or the last reset.
     *
     * @param count the number of transfers, refused requests included
     * @return at least that many transfers, in the order of their end
     * @throws AssertionError if that takes too long
     */
    @Blocking
    public List<RecordedTransfer> awaitTransfers(int count) {
        Recording current = recording;
        return await(current, "end of " + count + " transfers", () -> {
            List<RecordedTransfer> ended = current.transfers();
            return ended.size() >= count ? ended : null;
        });
    }

    /**
     * Waits until a file has been uploaded.
     *
     * @param name the name of the file
     * @return the file
     * @throws AssertionError if that takes too long
     */
    @Blocking
    public UploadedFile awaitUpload(String name) {
        Recording current = recording;
        String key = RecordedRequest.normalized(name);
        return await(current, "upload of " + name, () -> current.uploads().get(key));
    }

    /**
     * Waits for a request.
     *
     * @param expected whether a request is the expected one
     * @return the first expected request, which may have been received already
     * @throws AssertionError if that takes too long
     */
    @Blocking
    public RecordedRequest awaitRequest(Predicate<RecordedRequest> expected) {
        Recording current = recording;
        return await(
                current,
                "such a request",
                () -> current.requests().stream().filter(expected).findFirst().orElse(null));
    }

    private <T> T await(Recording current, String what, Supplier<T> found) {
        T result;
        try {
            result = current.await(settings.timeout, found);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("interrupted while waiting (expected: " + what + ")");
        }
        if (result == null) {
            throw failure("nothing within " + settings.timeout.toMillis() + " ms (expected: " + what + ")");
        }
        return result;
    }

    /**
     * Checks how many requests were received that match a condition.
     *
     * @param count the expected number of requests; 0 for none
     * @param condition the condition
     * @throws AssertionError if there are more or fewer; it shows the packets
     */
    public void verify(int count, Predicate<RecordedRequest> condition) {
        List<RecordedRequest> all = requests();
        long matching = all.stream().filter(condition).count();
        if (matching != count) {
            throw failure("matching requests: " + matching + " of " + all.size() + " (expected: " + count + ")");
        }
    }

    private AssertionError failure(String message) {
        AssertionError failure = new AssertionError(message);
        RecordedPackets.addTo(failure, this);
        return failure;
    }

    /**
     * {@return the last requests with their outcome and their packets, in lines} A test that fails shows them in its stack
     * trace. Names and texts of clients are escaped.
     */
    public String packets() {
        return this + "\n" + String.join("\n", recording.describe());
    }

    /**
     * Forgets all files, uploads, requests, transfers and impairments. The port stays. Transfers that are running
     * continue, and are not recorded.
     */
    public void reset() {
        recording = newRecording();
    }

    /** Stops the server. Transfers that are running end with an ERROR. Does nothing if it is stopped already. */
    @Override
    @Blocking
    public void close() {
        server.close();
        shared.close();
    }

    /** Adds what the fixture observes and serves to the settings of a server. */
    void observe(TftpServerBuilder builder) {
        PacketTap impairment = new PacketTap() {
            @Override
            public ChannelHandler attach(InetSocketAddress peer, Request request) {
                return recorderOf(request).impairment();
            }

            @Override
            public void watch(ChannelPipeline pipeline) {
                ImpairmentDecision passed = new ImpairmentDecision(false, false, false, 0);
                pipeline.addFirst(new ImpairedChannelHandler(packet -> recording.onListener(packet), packet -> passed));
            }
        };
        builder.storage(new RecordedStorage())
                .listener(this::on)
                .tap((peer, request) -> recorderOf(request).trace(peer, request))
                .tap(impairment);
    }

    private TransferRecorder recorderOf(Request request) {
        return running.get(request);
    }

    private void on(TransferEvent event) {
        if (event instanceof TransferEvent.Requested requested) {
            running.put(requested.request(), recording.begin(requested));
        } else if (event instanceof TransferEvent.Ended ended) {
            running.remove(ended.request()).ended(ended);
        } else if (event instanceof TransferEvent.Refused refused && refused.request() != null) {
            running.remove(refused.request()).refused(refused);
        } else if (event instanceof TransferEvent.Refused || event instanceof TransferEvent.Dropped) {
            recording.note(event.toString());
        }
    }

    /** Returns the server's address. */
    @Override
    public String toString() {
        return "TFTP server " + AddressFormat.of(address());
    }

    /** The files of the transfers that are running. */
    private final class RecordedStorage implements Storage {
        @Override
        public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
            TransferRecorder transfer = admitted(request);
            return transfer.recording().read(transfer.request(), request);
        }

        @Override
        public Sink write(WriteRequest request, InetSocketAddress peer) throws IOException {
            return admitted(request).recording().write(request, peer);
        }

        private TransferRecorder admitted(Request request) throws TftpException {
            TransferRecorder transfer = recorderOf(request);
            if (transfer == null) {
                throw new TftpException(ErrorCode.NOT_DEFINED, "request abandoned");
            }
            TftpException refusal = transfer.refusal();
            if (refusal != null) {
                throw refusal;
            }
            return transfer;
        }

        @Override
        public boolean isWritable() {
            return settings.writeRules.allowed();
        }
    }
}
