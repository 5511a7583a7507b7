/**
 * Annotations that tell on which threads a type or method may be used.
 *
 * <p>A transfer belongs to one event loop. Files are opened, read and written on an I/O pool, at most one call at a
 * time for each file. A method without an annotation has that of its type. A type without one is not shared between
 * threads, or is immutable.
 */
package dev.lockstep.tftp.concurrent;
