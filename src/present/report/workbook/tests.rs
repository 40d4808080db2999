//! The workbook of a small report.
