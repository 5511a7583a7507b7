package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The files of another storage whose names begin with a folder. */
final class FolderStorage implements Storage {
    private final Storage files;
    private final String folder;

    /**
     * Creates a storage of the files below a folder.
     *
     * @param folder the path of the folder, validated
     */
    FolderStorage(Storage files, String folder) {
        this.files = files;
        this.folder = folder;
    }

    private String inFolder(String filename) throws TftpException {
        List<String> elements = VirtualPath.elementsOf(filename);
        if (elements.isEmpty()) {
            throw new TftpException(ErrorCode.ACCESS_VIOLATION, "not a regular file");
        }
        return folder + "/" + String.join("/", elements);
    }

    @Override
    public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
        return files.read(request.withFilename(inFolder(request.filename())), peer);
    }

    @Override
    public CompletionStage<Source> open(ReadRequest request, InetSocketAddress peer) {
        try {
            return files.open(request.withFilename(inFolder(request.filename())), peer);
        } catch (TftpException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public Source explain(ReadRequest request, InetSocketAddress peer, Consumer<String> lines) throws IOException {
        return files.explain(request.withFilename(inFolder(request.filename())), peer, lines);
    }

    @Override
    public Sink write(WriteRequest request, InetSocketAddress peer) throws IOException {
        return files.write(request.withFilename(inFolder(request.filename())), peer);
    }

    @Override
    public boolean isWritable() {
        return files.isWritable();
    }

    @Override
    public String locate(String filename) {
        return files.locate(folder + "/" + filename);
    }

    @Override
    public Object ioGroup() {
        return files.ioGroup();
    }

    @Override
    public String toString() {
        return files + "/" + folder;
    }
}
