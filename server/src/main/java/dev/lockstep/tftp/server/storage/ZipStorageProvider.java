package dev.lockstep.tftp.server.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.ZipException;

/**
 * Opens zip files: {@code zip:/srv/boot.zip}, or {@code zip:/srv/boot.zip!/tftp/} for the files below a folder. {@code
 * jar:} is the same, also with {@code file:} after it, as the Java runtime writes such URIs.
 */
final class ZipStorageProvider implements StorageProvider {
    private static final String SEPARATOR = "!/";

    @Override
    public Set<String> schemes() {
        return Set.of("zip", "jar");
    }

    @Override
    public Storage open(URI uri, StorageSettings settings) throws IOException {
        String given = uri.getSchemeSpecificPart().replaceFirst("^(file:)?(//(?=/))?", "");
        int end = (given + SEPARATOR).indexOf(SEPARATOR);
        String inside = given.substring(Math.min(given.length(), end + SEPARATOR.length()));
        String folder = String.join("/", VirtualPath.elementsOf(inside));
        String location = uri.toString().replaceFirst("!?/*$", "");
        ZipStorage storage = new ZipStorage(
                Path.of(given.substring(0, end).replaceFirst("!$", "")),
                folder.isEmpty() ? "" : folder + "/",
                folder.isEmpty() ? location + "!" : location);
        try {
            if (!storage.hasFiles()) {
                throw wrong(uri, "no files in this folder", null);
            }
            return storage;
        } catch (NoSuchFileException | FileNotFoundException e) {
            throw wrong(uri, "no such file", e);
        } catch (ZipException e) {
            throw wrong(uri, e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(uri + ": " + e.getMessage(), e);
        }
    }

    private static IllegalArgumentException wrong(URI uri, String reason, Exception cause) {
        return new IllegalArgumentException(
                uri + ": " + reason + " (expected: a zip file, as in zip:/srv/boot.zip!/FOLDER/)", cause);
    }
}
