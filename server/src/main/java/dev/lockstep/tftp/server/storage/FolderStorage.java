package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.codec.TftpException;
import java.net.InetSocketAddress;
import java.util.List;

/** The files of another storage whose names begin with a folder. */
final class FolderStorage extends ForwardingStorage {
    private final Storage files;
    private final String folder;

    /**
     * Creates a storage of the files below a folder.
     *
     * @param folder the path of the folder, validated
     */
    FolderStorage(Storage files, String folder) {
        super(files);
        this.files = files;
        this.folder = folder;
    }

    @Override
    protected Target targetOf(String filename, InetSocketAddress peer) throws TftpException {
        return new Target(files, folder + "/" + String.join("/", VirtualPath.elementsOfFile(filename)));
    }

    @Override
    public String locate(String filename) {
        return files.locate(folder + "/" + filename);
    }

    /** Returns this storage, so that reports name the folder. */
    @Override
    public List<Storage> roots() {
        return List.of(this);
    }

    @Override
    public String toString() {
        return files + "/" + folder;
    }
}
