package dev.lockstep.tftp.junit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A file that a client has uploaded. Two files are equal if their names and contents are.
 *
 * @param name the name, with slashes between its elements and none before
 * @param content the content, after conversion from netascii; do not change it
 */
public record UploadedFile(String name, byte[] content) {
    /** {@return the content as UTF-8 text} */
    public String text() {
        return new String(content, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UploadedFile file && file.name.equals(name) && Arrays.equals(file.content, content);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return name + " (" + content.length + " bytes)";
    }
}
