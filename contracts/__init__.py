"""What is said and what it means: messages, subjects, streams, versions, compositions, poker.

Pure by rule: nothing here opens a socket, reads a clock or imports another package of ours.
"""
