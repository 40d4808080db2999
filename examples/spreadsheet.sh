#!/usr/bin/env bash
# Tables for spreadsheets: spreadsheet.sh CONFIG FOLDER
#
# The report has a workbook of its own (OUT/latest/report.xlsx). This is for a table of one's own.
set -euo pipefail

config=${1:?a configuration, such as /etc/gmv/shop.toml}
folder=${2:?where the files go}

# A workbook: real numbers and dates, in Excel, LibreOffice and WPS alike. Ids stay text, so that none ends in 0000. The best choice.
gmv decompose --config "$config" --by streamer --ci --lang zh -o "$folder/week.xlsx"
gmv compare --config "$config" --by streamer --ci --lang zh -o "$folder/change.xlsx"

# CSV for Excel and WPS: --bom is the mark by which they know UTF-8; without it Chinese names are garbled. A double click opens it, and turns
# ids of more than 15 digits into 9.44E+18: read it with Data › From Text/CSV and make the id columns text.
# Cells of names that a spreadsheet would run as a formula begin with '; --raw-text turns that off, for programs that read the file.
gmv decompose --config "$config" --by streamer --format csv --bom -o "$folder/week.csv"

# LibreOffice asks how to read a CSV: choose UTF-8, comma, and text for the id columns. Without a window:
#   soffice --headless --convert-to xlsx --infilter='CSV:44,34,76,1,2/2' week.csv
# (44 comma, 34 quote, 76 UTF-8, from line 1; 2/2: the second column, streamer_id, is text).

# Tabs, for pasting into a sheet that is open.
gmv repurchase --config "$config" --cohorts --wide --format tsv -o "$folder/cohorts.tsv"
