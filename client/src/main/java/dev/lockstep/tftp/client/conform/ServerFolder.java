package dev.lockstep.tftp.client.conform;

import java.io.IOException;
import java.util.Set;

/** The folder of a server under test. All names are those of files directly in it. */
interface ServerFolder {
    /** Writes a file that everybody may read and write. */
    void write(String name, byte[] content) throws IOException;

    /** Returns the content of a file; null if there is none. */
    byte[] read(String name) throws IOException;

    Set<String> names() throws IOException;

    /** Shortens an open file in place. */
    void truncate(String name, int size) throws IOException;

    void makeFolder(String name) throws IOException;

    /** Makes a named pipe; returns whether the system has them. */
    boolean makePipe(String name) throws IOException;

    /** Opens a named pipe and closes it, so that no check waits for it any more. */
    void releasePipe(String name) throws IOException;

    /** Deletes a file or an empty folder, if it exists. */
    void delete(String name) throws IOException;
}
