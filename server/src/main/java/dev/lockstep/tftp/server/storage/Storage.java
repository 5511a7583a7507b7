package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.KnownOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A collection of files by name. Only {@link #read} has to be implemented. To let flags and rules name a storage, provide
 * a {@link StorageProvider}. An example is in {@code docs/architecture.md}.
 *
 * <p><b>Names.</b> A file name is passed as the client sent it, not validated: {@link VirtualPath#elementsOf} splits it
 * into elements that cannot lead out of a root. It was decoded as UTF-8, or as ISO 8859-1 if it is not valid UTF-8.
 * Percent signs are part of the name.
 *
 * <p><b>Errors.</b> A {@link TftpException} is the ERROR that the peer receives. Its {@linkplain TftpException#because
 * reason} is shown in the log only. Any other exception becomes ERROR 0 without details, and the log shows its cause only
 * with {@code --verbose}, so an expected failure, such as a remote server that does not respond, should be a {@code
 * TftpException} with a reason. Of several roots, the next one is asked only after {@link ErrorCode#FILE_NOT_FOUND},
 * unless {@link OverlayStorage.OnError} says otherwise.
 *
 * <p><b>Time.</b> A request is refused with ERROR 0 if its file is not open about 13 s later; a file that is opened
 * later is closed. A file operation that takes 10 s counts as stuck: its thread is not interrupted, and a limited number
 * of other threads is started. So timeouts for a remote server should be shorter.
 *
 * <p><b>Text.</b> The {@code toString} of a storage is its location in logs and in {@code tftpd check}, such as a path or
 * a URI, without a slash at its end, since a name may be appended to it.
 */
@ThreadSafe
@Blocking
public interface Storage {
    /**
     * Opens a file for reading.
     *
     * @param request the request, with the mode and the options of the client. The caller converts netascii
     * @param peer the client's address
     * @return the file, which the caller closes
     * @throws IOException to refuse the request
     */
    Source read(ReadRequest request, InetSocketAddress peer) throws IOException;

    /**
     * Opens a file for reading, like {@link #read}, which the server does not call. A storage that waits for another
     * machine overrides this method, so that many requests can wait without occupying a thread each. If the request has
     * been given up meanwhile, the server closes the file when it is opened.
     *
     * @param request the request
     * @param peer the client's address
     * @param io the executor that this method is called on. What blocks after a wait is run on it
     * @return completed on any thread with the file, or with the {@link IOException} that refuses the request; by
     *     default with the result of {@code read}
     */
    default CompletionStage<Source> open(ReadRequest request, InetSocketAddress peer, Executor io) {
        try {
            return CompletableFuture.completedFuture(read(request, peer));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Opens a file like {@link #read}, for {@code tftpd explain}, which needs its size but reads nothing.
     *
     * @param request the request
     * @param peer the client's address
     * @param lines receives lines about where the file comes from, such as {@code cache: not cached}; none by default
     * @return the file, which the caller closes
     * @throws IOException to refuse the request
     */
    default Source explain(ReadRequest request, InetSocketAddress peer, Consumer<String> lines) throws IOException {
        return read(request, peer);
    }

    /**
     * Returns the current version of a file if it is in memory as a whole. It must not throw.
     *
     * @param request the request
     * @param peer the client's address
     * @return null if {@link #read} must be called instead, also for errors
     */
    @EventLoop
    @ThreadSafe
    default Source tryOpenCached(ReadRequest request, InetSocketAddress peer) {
        return null;
    }

    /**
     * Opens a file for writing. By default, every upload is refused. An implementation must enforce the rules for
     * uploads that it was given: see {@link WriteRules#check} and {@link WriteRules#limit}.
     *
     * @param request the request, with the mode and the options of the client, such as {@link KnownOption#TSIZE} for
     *     the announced size. The caller converts netascii
     * @param peer the client's address
     * @return the file, which the caller commits and closes
     * @throws IOException for any other failure; the client is sent ERROR 0 without details
     * @throws TftpException with the ERROR to send to the client; by default ACCESS_VIOLATION
     */
    default Sink write(WriteRequest request, InetSocketAddress peer) throws IOException {
        throw new TftpException(ErrorCode.ACCESS_VIOLATION, "uploads are not accepted");
    }

    /**
     * Opens a file for writing, like {@link #write}, which the server does not call. A storage that waits for another
     * machine before it accepts an upload overrides this method.
     *
     * @param request the request
     * @param peer the client's address
     * @param io the executor that this method is called on. What blocks after a wait is run on it
     * @return completed on any thread with the file, or with the {@link IOException} that refuses the request; by
     *     default with the result of {@code write}
     */
    default CompletionStage<Sink> open(WriteRequest request, InetSocketAddress peer, Executor io) {
        try {
            return CompletableFuture.completedFuture(write(request, peer));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Explains an upload, for {@code tftpd explain}. By default, the upload is begun and discarded.
     *
     * @param request the request
     * @param peer the client's address
     * @param lines receives lines about where the file would go to; none by default
     * @throws IOException to refuse the request
     */
    default void explain(WriteRequest request, InetSocketAddress peer, Consumer<String> lines) throws IOException {
        write(request, peer).close();
    }

    /**
     * Returns true if this storage accepts uploads at all; {@link #write} decides about each.
     *
     * @return false by default
     */
    @EventLoop
    @ThreadSafe
    default boolean isWritable() {
        return false;
    }

    /**
     * Returns the storage of the files below a folder, for a root with placeholders. Called for each request.
     *
     * @param folder the folder, not validated
     * @return by default a storage that puts the folder before each name
     * @throws IOException if there is no such folder, or the path leads out of this storage
     */
    default Storage below(String folder) throws IOException {
        List<String> elements = VirtualPath.elementsOf(folder);
        return elements.isEmpty() ? this : new FolderStorage(this, String.join("/", elements));
    }

    /**
     * Returns where a file is, for logs and {@code tftpd explain}.
     *
     * @param filename the elements of a name, separated by slashes
     * @return by default the name
     */
    @EventLoop
    default String locate(String filename) {
        return filename;
    }

    /**
     * Returns the group whose I/O executor this storage uses. A file operation that hangs can block the storages of its
     * group, but no others. There should be few groups, and the key of a group must stay equal as long as the server
     * runs.
     *
     * @return by default one group for all storages that do not override this method
     */
    @EventLoop
    @ThreadSafe
    default Object ioGroup() {
        return Storage.class.getSimpleName();
    }

    /**
     * Returns the storages that have the files of this one, for reports at the start, and for {@link
     * #removeStaleUploads}.
     *
     * @return by default only this storage
     */
    default List<Storage> roots() {
        return List.of(this);
    }

    /**
     * Removes what uploads have left that were interrupted by a crash, but nothing of running uploads. The daemon calls
     * this method once after its start for each group of writable storages, on a thread of its own. By default, it does
     * nothing.
     *
     * @throws IOException if the files cannot be listed
     */
    default void removeStaleUploads() throws IOException {}
}
